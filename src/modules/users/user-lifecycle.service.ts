import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import type { UserId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import type { AuditAction } from '../audit/audit-action.js';
import type { AuditChanges } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import { changesBetween } from '../audit/changes-between.js';
import { LoginCodesService } from '../auth/otp/login-codes.service.js';
import { OneTimeTokensService } from '../notifications/one-time-tokens.service.js';
import { RolesService } from '../roles/roles.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { ActingRules } from './acting-rules.js';
import { RoleHoldings } from './role-holdings.js';
import { safeUser } from './safe-user.js';
import { emailTaken, rethrowTaken, staleUser, userNotFound } from './user-failures.js';
import type { UserStatus } from './user-status.js';
import type { SafeUser, User } from './user.types.js';
import { UsersRepository } from './users.repository.js';

/** The end of a user's time, for a while or for good, and their return. */
@Injectable()
export class UserLifecycleService {
  constructor(
    private readonly users: UsersRepository,
    private readonly rules: ActingRules,
    private readonly roles: RolesService,
    private readonly holdings: RoleHoldings,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
    private readonly mailedTokens: OneTimeTokensService,
    private readonly loginCodes: LoginCodesService,
    private readonly audit: AuditService,
    private readonly signals: Signals,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError not-found; stale; forbidden; conflict / LAST_ADMINISTRATOR. */
  async delete(principal: Principal, id: UserId, expectedRevision?: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      const user = await this.rules.userToActOn(principal, id);
      await this.rules.assertNotLastAdministrator(id);
      if (!(await this.users.softDelete(id, this.clock.now(), expectedRevision))) throw staleUser();
      await this.endAccess(id);
      await this.record('user.deleted', id, { email: { from: user.email } });
    });
  }

  /**
   * The user comes back with the roles that still exist, or with the default one when none is left; without sessions
   * and keys.
   * @throws DomainError not-found / USER_NOT_FOUND; conflict / EMAIL_TAKEN; forbidden.
   */
  async restore(principal: Principal, id: UserId): Promise<SafeUser> {
    return this.unitOfWork.run(async () => {
      const deleted = await this.users.findById(id, { withPermissions: false, withDeleted: true });
      if (deleted === null || !deleted.isDeleted) {
        throw new DomainError('not-found', 'USER_NOT_FOUND', 'Deleted user not found');
      }
      await this.rules.assertMayActOn(principal, deleted);
      if (await this.users.isEmailTaken(deleted.email)) throw emailTaken();
      // Those that are gone were left out when the user was read.
      const left = deleted.roles.map((role) => role.id);
      const roles = left.length > 0 ? left : [await this.roles.defaultRoleId()];
      if (!(await this.users.restore(id, roles).catch(rethrowTaken))) throw staleUser();
      // A login that overtook the deletion may have left one behind.
      await this.endAccess(id);
      await this.record('user.restored', id, { email: { to: deleted.email }, roles: { to: roles } });
      await this.unitOfWork.afterCommit(() => this.holdings.releaseGone(roles));
      return safeUser(await this.find(id));
    });
  }

  /**
   * Ends the user's sessions and keys at once; keys stay ended when the user comes back. Of a user who is suspended
   * already nothing changes.
   * @throws DomainError not-found; forbidden; conflict / LAST_ADMINISTRATOR.
   */
  async suspend(principal: Principal, id: UserId): Promise<SafeUser> {
    return this.unitOfWork.run(async () => {
      const user = await this.rules.userToActOn(principal, id);
      if (user.status === 'suspended') return safeUser(user);
      await this.rules.assertNotLastAdministrator(id);
      const suspended = await this.setStatus(user, 'suspended', 'user.suspended');
      await this.endAccess(id);
      return suspended;
    });
  }

  /**
   * A suspended user may log in again; one who never chose a password is pending again, and the invitation counts. Of
   * an active user nothing changes.
   * @throws DomainError not-found; forbidden; conflict / INVITATION_PENDING for a user who has not chosen a password.
   */
  async activate(principal: Principal, id: UserId): Promise<SafeUser> {
    return this.unitOfWork.run(async () => {
      const user = await this.rules.userToActOn(principal, id);
      if (user.status === 'active') return safeUser(user);
      const credentials = await this.users.findCredentials(user.email);
      const hasPassword = typeof credentials?.passwordHash === 'string';
      if (user.status === 'pending' && !hasPassword) {
        throw new DomainError(
          'conflict',
          'INVITATION_PENDING',
          'The user becomes active by accepting the invitation',
        );
      }
      const activated = await this.setStatus(user, hasPassword ? 'active' : 'pending', 'user.activated');
      await this.signals.emit({ kind: 'user', id });
      return activated;
    });
  }

  private async setStatus(user: User, status: UserStatus, action: AuditAction): Promise<SafeUser> {
    const changed = await this.users.update(user.id, { status }, user.revision);
    if (changed === null) throw staleUser();
    await this.record(action, user.id, changesBetween(user, { status }));
    return safeUser(changed);
  }

  private async endAccess(id: UserId): Promise<void> {
    await this.sessions.endAllOf(id);
    await this.apiKeys.endAllOf(id);
    await this.loginCodes.endAllOf(id);
    // An invitation still counts for a user who comes back without having chosen a password.
    await this.mailedTokens.endAllOf(id, ['password-reset', 'email-verification', 'email-change']);
    await this.signals.emit({ kind: 'user', id });
  }

  private async find(id: UserId): Promise<User> {
    const user = await this.users.findById(id);
    if (user === null) throw userNotFound();
    return user;
  }

  private async record(action: AuditAction, id: UserId, changes: AuditChanges): Promise<void> {
    await this.audit.record({ action, target: { type: 'user', id }, changes });
  }
}
