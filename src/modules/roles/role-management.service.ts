import { Injectable } from '@nestjs/common';
import { DomainError, type FieldError } from '../../common/domain-error.js';
import { roleIds, type RoleId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import type { Principal } from '../../common/principal.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { assertHolds } from './grants.js';
import { PermissionsRepository } from './permissions.repository.js';
import type { Permission, PermissionSortField, Role, RoleSortField } from './role.js';
import { permissionName } from './role.js';
import { differences, idsOf, namesOf, type RoleWish } from './role-wish.js';
import { DuplicateRoleNameError, RolesRepository } from './roles.repository.js';
import { RolesService } from './roles.service.js';

/** Listing and changing the roles. Nobody makes, changes or deletes a role that allows more than they may. */
@Injectable()
export class RoleManagementService {
  constructor(
    private readonly roles: RolesRepository,
    private readonly permissions: PermissionsRepository,
    private readonly rights: RolesService,
    private readonly signals: Signals,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async list(request: ListRequest<RoleSortField>): Promise<List<Role>> {
    return this.roles.list(request);
  }

  async listPermissions(request: ListRequest<PermissionSortField>): Promise<List<Permission>> {
    return this.permissions.list(request);
  }

  /** @throws DomainError not-found / ROLE_NOT_FOUND. */
  async get(id: RoleId): Promise<Role> {
    const role = await this.roles.findById(id);
    if (role === null) throw new DomainError('not-found', 'ROLE_NOT_FOUND', 'Role not found');
    return role;
  }

  /** @throws DomainError invalid / PERMISSION_NOT_FOUND, forbidden / PERMISSION_NOT_HELD, conflict / ROLE_NAME_TAKEN. */
  async create(principal: Principal, wish: RoleWish & { readonly name: string }): Promise<Role> {
    const permissions = await this.findPermissions(wish.permissions ?? []);
    assertHolds(principal, permissions.map(permissionName));
    const id = newId(roleIds);
    const { name, description = '' } = wish;
    await this.change(id, async () => {
      await this.assertNameFree(name);
      await this.roles.insert({ id, name, description, permissions: idsOf(permissions) });
      await this.audit.record({
        action: 'role.created',
        target: { type: 'role', id },
        changes: {
          name: { to: name },
          description: { to: description },
          permissions: { to: namesOf(permissions) },
        },
      });
    });
    return this.get(id);
  }

  /**
   * Changes what the wish names.
   * @throws DomainError as create and get, stale / PRECONDITION_FAILED, forbidden / SYSTEM_ROLE_PROTECTED.
   */
  async update(principal: Principal, id: RoleId, wish: RoleWish, expectedRevision?: number): Promise<Role> {
    const wanted = wish.permissions && (await this.findPermissions(wish.permissions));
    await this.change(id, async () => {
      const role = await this.getChangeable(principal, id, expectedRevision);
      assertHolds(principal, wanted?.map(permissionName) ?? []);
      const { changes, told } = differences(role, wish, wanted);
      // Nothing asked, nothing changed: a new revision would make stale what others have read.
      if (Object.keys(told).length === 0) return 'unchanged';
      if (changes.name !== undefined) await this.assertNameFree(changes.name);
      if (!(await this.roles.update(id, changes, role.revision))) throw stale();
      await this.audit.record({ action: 'role.updated', target: { type: 'role', id }, changes: told });
      return undefined;
    });
    return this.get(id);
  }

  /** @throws DomainError as update, conflict / ROLE_IN_USE while a user holds the role. */
  async delete(principal: Principal, id: RoleId, expectedRevision?: number): Promise<void> {
    await this.change(id, async () => {
      const role = await this.getChangeable(principal, id, expectedRevision);
      if (await this.rights.isHeld(id)) {
        throw new DomainError(
          'conflict',
          'ROLE_IN_USE',
          'Users still hold this role: give them another first',
        );
      }
      if (!(await this.roles.delete(id, role.revision))) throw stale();
      await this.audit.record({
        action: 'role.deleted',
        target: { type: 'role', id },
        changes: { name: { from: role.name }, permissions: { from: namesOf(role.permissions) } },
      });
      // Nobody waits for another who makes a user of the same role; so one may have been made while holders were
      // counted, and whoever makes one looks again after the commit, as this does.
      await this.unitOfWork.afterCommit(() => this.rights.release(id));
    });
  }

  private async getChangeable(principal: Principal, id: RoleId, revision: number | undefined): Promise<Role> {
    const role = await this.get(id);
    if (role.isSystem) {
      throw new DomainError(
        'forbidden',
        'SYSTEM_ROLE_PROTECTED',
        'System roles cannot be changed or deleted',
      );
    }
    assertHolds(principal, role.permissions.map(permissionName));
    if (revision !== undefined && revision !== role.revision) throw stale();
    return role;
  }

  /** Asked first: inside a transaction an engine may report a taken name as a conflict, which is retried. */
  private async assertNameFree(name: string): Promise<void> {
    if (await this.roles.isNameTaken(name)) throw nameTaken();
  }

  /** What `fn` does, and the signal of it, unless it comes to nothing. */
  private async change(id: RoleId, fn: () => Promise<void | 'unchanged'>): Promise<void> {
    try {
      await this.unitOfWork.run(async () => {
        if ((await fn()) !== 'unchanged') await this.signals.emit({ kind: 'role', id });
      });
    } catch (error) {
      throw error instanceof DuplicateRoleNameError ? nameTaken() : error;
    }
  }

  private async findPermissions(references: readonly string[]): Promise<Permission[]> {
    const known = await this.permissions.all();
    const byReference = new Map<string, Permission>(
      known.flatMap((permission) => [
        [permission.id, permission],
        [permissionName(permission), permission],
      ]),
    );
    const errors: FieldError[] = [];
    const found = new Set<Permission>();
    references.forEach((reference, index) => {
      const permission = byReference.get(reference);
      if (permission !== undefined) found.add(permission);
      else errors.push({ path: `permissions.${index}`, message: 'there is no such permission' });
    });
    if (errors.length > 0) {
      throw new DomainError('invalid', 'PERMISSION_NOT_FOUND', 'Permission not found', { errors });
    }
    return [...found];
  }
}

function nameTaken(): DomainError {
  return new DomainError('conflict', 'ROLE_NAME_TAKEN', 'A role of this name exists already', {
    errors: [{ path: 'name', message: 'is taken' }],
  });
}

function stale(): DomainError {
  return new DomainError('stale', 'PRECONDITION_FAILED', 'The resource has another version');
}
