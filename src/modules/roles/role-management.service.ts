import { Injectable } from '@nestjs/common';
import { DomainError, type FieldError } from '../../common/domain-error.js';
import { roleIds, type PermissionId, type RoleId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import type { Principal } from '../../common/principal.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { assertHolds } from './grants.js';
import { PermissionsRepository } from './permissions.repository.js';
import { RoleCache } from './role-cache.js';
import { permissionName, type Permission, type PermissionSortField } from './role.js';
import type { Role, RoleSortField } from './role.js';
import { DuplicateRoleNameError, RolesRepository } from './roles.repository.js';
import { RolesService } from './roles.service.js';

export interface RoleWish {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Each a permission's id or its name, e.g. 'users:read'. */
  readonly permissions?: readonly string[] | undefined;
}

/** Listing and changing the roles. Nobody makes, changes or deletes a role that allows more than they may. */
@Injectable()
export class RoleManagementService {
  constructor(
    private readonly roles: RolesRepository,
    private readonly permissions: PermissionsRepository,
    private readonly rights: RolesService,
    private readonly cache: RoleCache,
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
    await this.change(async () => {
      await this.assertNameFree(name);
      await this.roles.insert({ id, name, description, permissions: idsOf(permissions) });
    });
    return this.get(id);
  }

  /**
   * Changes what the wish names.
   * @throws DomainError as create and get, stale / PRECONDITION_FAILED, forbidden / SYSTEM_ROLE_PROTECTED.
   */
  async update(principal: Principal, id: RoleId, wish: RoleWish, expectedRevision?: number): Promise<Role> {
    const wanted = wish.permissions && (await this.findPermissions(wish.permissions));
    await this.change(async () => {
      const role = await this.getChangeable(principal, id, expectedRevision);
      assertHolds(principal, wanted?.map(permissionName) ?? []);
      if (wish.name !== undefined && wish.name !== role.name) await this.assertNameFree(wish.name);
      const changes = {
        ...(wish.name !== undefined && { name: wish.name }),
        ...(wish.description !== undefined && { description: wish.description }),
        ...(wanted !== undefined && { permissions: idsOf(wanted) }),
      };
      if (!(await this.roles.update(id, changes, role.revision))) throw stale();
    });
    return this.get(id);
  }

  /** @throws DomainError as update, conflict / ROLE_IN_USE while a user holds the role. */
  async delete(principal: Principal, id: RoleId, expectedRevision?: number): Promise<void> {
    await this.change(async () => {
      const role = await this.getChangeable(principal, id, expectedRevision);
      if (await this.rights.isHeld(id)) {
        throw new DomainError(
          'conflict',
          'ROLE_IN_USE',
          'Users still hold this role: give them another first',
        );
      }
      if (!(await this.roles.delete(id, role.revision))) throw stale();
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

  private async change(fn: () => Promise<void>): Promise<void> {
    try {
      await this.unitOfWork.run(async () => {
        await fn();
        await this.unitOfWork.afterCommit(() => this.cache.invalidate());
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

function idsOf(permissions: readonly Permission[]): PermissionId[] {
  return permissions.map((permission) => permission.id);
}

function nameTaken(): DomainError {
  return new DomainError('conflict', 'ROLE_NAME_TAKEN', 'A role of this name exists already', {
    errors: [{ path: 'name', message: 'is taken' }],
  });
}

function stale(): DomainError {
  return new DomainError('stale', 'PRECONDITION_FAILED', 'The resource has another version');
}
