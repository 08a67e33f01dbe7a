import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { RoleId, UserId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import type { AuditAction } from '../audit/audit-action.js';
import { AuditService } from '../audit/audit.service.js';
import { RolesService } from '../roles/roles.service.js';
import { ActingRules } from './acting-rules.js';
import { safeUser } from './safe-user.js';
import { rolesChange } from './user-changes.js';
import { staleUser } from './user-failures.js';
import type { SafeUser, User } from './user.types.js';
import { UsersRepository } from './users.repository.js';

export const mostRoles = 20;

interface RoleTransfer {
  readonly fromRoleId: RoleId;
  readonly toRoleId: RoleId;
}

/** Who holds which roles. Each change is whole: the roles, their audit entry and the signal, or nothing. */
@Injectable()
export class UserRolesService {
  constructor(
    private readonly users: UsersRepository,
    private readonly roles: RolesService,
    private readonly rules: ActingRules,
    private readonly audit: AuditService,
    private readonly signals: Signals,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Of a user who holds the role already nothing changes.
   * @throws DomainError not-found / USER_NOT_FOUND, ROLE_NOT_FOUND; forbidden / PERMISSION_NOT_HELD; stale;
   * conflict / TOO_MANY_ROLES.
   */
  async assign(principal: Principal, id: UserId, role: RoleId, revision?: number): Promise<SafeUser> {
    return this.unitOfWork.run(async () => {
      const user = await this.find(principal, id, revision);
      await this.roles.assertMayGrantNow(principal, role);
      const held = user.roles.map((each) => each.id);
      if (held.includes(role)) return safeUser(user);
      if (held.length >= mostRoles) {
        throw new DomainError('conflict', 'TOO_MANY_ROLES', `A user holds at most ${mostRoles} roles`);
      }
      return this.replace(user, [...held, role], 'user.role-assigned');
    });
  }

  /** @throws DomainError not-found / USER_NOT_FOUND, ROLE_NOT_HELD; forbidden; stale; conflict / LAST_ADMINISTRATOR. */
  async remove(principal: Principal, id: UserId, role: RoleId, revision?: number): Promise<SafeUser> {
    return this.unitOfWork.run(async () => {
      const user = await this.find(principal, id, revision);
      const held = user.roles.map((each) => each.id);
      if (!held.includes(role)) {
        throw new DomainError('not-found', 'ROLE_NOT_HELD', 'The user does not hold this role');
      }
      await this.assertAdministratorStays(id, role);
      return this.replace(
        user,
        held.filter((each) => each !== role),
        'user.role-removed',
      );
    });
  }

  /**
   * Takes one role and gives another for it.
   * @throws DomainError not-found / USER_NOT_FOUND; invalid / ROLE_NOT_FOUND, SAME_ROLE; forbidden /
   * PERMISSION_NOT_HELD; conflict / ROLE_NOT_HELD, LAST_ADMINISTRATOR.
   */
  async transfer(
    principal: Principal,
    id: UserId,
    { fromRoleId, toRoleId }: RoleTransfer,
  ): Promise<SafeUser> {
    if (fromRoleId === toRoleId) throw invalid('SAME_ROLE', 'The two roles must differ');
    return this.unitOfWork.run(async () => {
      const user = await this.find(principal, id);
      await this.roles.assertMayGrantNow(principal, toRoleId).catch((error: unknown) => {
        if (!(error instanceof DomainError) || error.code !== 'ROLE_NOT_FOUND') throw error;
        throw invalid('ROLE_NOT_FOUND', 'there is no such role');
      });
      const held = user.roles.map((each) => each.id);
      if (!held.includes(fromRoleId)) {
        throw new DomainError('conflict', 'ROLE_NOT_HELD', 'The user does not hold the role to be replaced');
      }
      await this.assertAdministratorStays(id, fromRoleId);
      const roles = held.flatMap((each) => {
        if (each !== fromRoleId) return [each];
        return held.includes(toRoleId) ? [] : [toRoleId];
      });
      return this.replace(user, roles, 'user.role-transferred');
    });
  }

  private async find(principal: Principal, id: UserId, revision?: number): Promise<User> {
    const user = await this.rules.userToActOn(principal, id);
    if (revision !== undefined && revision !== user.revision) throw staleUser();
    return user;
  }

  private async assertAdministratorStays(id: UserId, lost: RoleId): Promise<void> {
    if (lost === (await this.roles.administratorRoleId())) await this.rules.assertNotLastAdministrator(id);
  }

  private async replace(user: User, roles: readonly RoleId[], action: AuditAction): Promise<SafeUser> {
    const changed = await this.users.update(user.id, { roles }, user.revision);
    if (changed === null) throw staleUser();
    await this.audit.record({
      action,
      target: { type: 'user', id: user.id },
      changes: rolesChange(
        user.roles.map((role) => role.id),
        roles,
      ),
    });
    await this.signals.emit({ kind: 'user', id: user.id });
    return safeUser(changed);
  }
}

function invalid(code: string, message: string): DomainError {
  return new DomainError('invalid', code, message, { errors: [{ path: 'toRoleId', message }] });
}
