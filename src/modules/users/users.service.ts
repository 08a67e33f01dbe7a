import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import { normalizeEmail } from '../../common/email.js';
import { userIds, type RoleId, type UserId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import type { Principal } from '../../common/principal.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { PasswordHasher } from '../auth/password-hasher.js';
import { PasswordPolicy } from '../auth/password-policy.js';
import { AuditService } from '../audit/audit.service.js';
import { changesBetween } from '../audit/changes-between.js';
import { NotificationsService } from '../notifications/notifications.service.js';
import { RolesService } from '../roles/roles.service.js';
import { ActingRules } from './acting-rules.js';
import { RoleHoldings } from './role-holdings.js';
import { withRoleNames } from './named-roles.js';
import { safeUser } from './safe-user.js';
import { UserCache } from './user-cache.js';
import { beginningOf } from './user-changes.js';
import { emailTaken, rethrowTaken, staleUser, userNotFound } from './user-failures.js';
import type {
  NewUser,
  PartialUser,
  SafeUser,
  UserFilter,
  UserListOptions,
  UserSortField,
} from './user.types.js';
import { UsersRepository } from './users.repository.js';

export interface UserInvitation {
  readonly email: string;
  readonly name: string;
  readonly age?: number | undefined;
  readonly password?: string | undefined;
  /** Ids or names. */
  readonly roles?: readonly string[] | undefined;
}

/** Users as the REST routes know them. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly roles: RolesService,
    private readonly rules: ActingRules,
    private readonly holdings: RoleHoldings,
    private readonly notifications: NotificationsService,
    private readonly audit: AuditService,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly unitOfWork: UnitOfWork,
    private readonly signals: Signals,
    private readonly cache: UserCache,
  ) {}

  /**
   * With a password the account is active at once; without one it is pending and its owner is mailed an invitation.
   * The user and the job of the mail are written in one transaction.
   * @throws DomainError conflict / EMAIL_TAKEN; invalid / ROLE_NOT_FOUND or WEAK_PASSWORD; forbidden when the
   * creator lacks a permission of the roles.
   */
  async create(principal: Principal, { password, ...invitation }: UserInvitation): Promise<SafeUser> {
    const email = normalizeEmail(invitation.email);
    const roles =
      invitation.roles === undefined
        ? [await this.roles.defaultRoleId()]
        : await this.roles.resolve(invitation.roles);
    await this.roles.assertMayGrant(principal, roles);
    if (password !== undefined) await this.policy.assert(password, { email, name: invitation.name });

    const user: NewUser = {
      id: newId(userIds),
      email,
      name: invitation.name,
      age: invitation.age ?? null,
      roles,
      status: password === undefined ? 'pending' : 'active',
      emailVerified: false,
      passwordHash: password === undefined ? null : await this.hasher.hash(password),
    };
    await this.unitOfWork.run(async () => {
      await this.insertUnique(user);
      if (user.status === 'pending') await this.notifications.inviteUser(user.id);
      await this.audit.record({
        action: 'user.created',
        target: { type: 'user', id: user.id },
        changes: beginningOf(user),
      });
      await this.unitOfWork.afterCommit(() => this.holdings.releaseGone(roles));
    });
    return this.get(user.id);
  }

  /** At once for a user in memory, else a promise. Rejects with DomainError not-found / USER_NOT_FOUND. */
  get(id: UserId, options: UserListOptions = { withPermissions: false }): SafeUser | Promise<SafeUser> {
    const load = async (): Promise<SafeUser> => {
      const user = await this.users.findById(id, options);
      if (user === null) throw userNotFound();
      return safeUser(user);
    };
    return options.withPermissions ? load() : this.cache.get(id, load);
  }

  /** @throws DomainError forbidden to see deleted users; invalid / ROLE_NOT_FOUND. */
  async list(
    principal: Principal,
    filter: Omit<UserFilter, 'role'> & { readonly role?: string },
    request: ListRequest<UserSortField>,
    options: UserListOptions,
  ): Promise<List<SafeUser>> {
    if (filter.includeDeleted && !principal.permissions.has('users:restore')) {
      throw new DomainError('forbidden', 'FORBIDDEN', 'includeDeleted needs the permission users:restore');
    }
    const { role: reference, search, ...rest } = filter;
    const role = reference === undefined ? undefined : await this.roleOf(reference);
    const list = await this.users.list(
      {
        ...rest,
        ...(role !== undefined && { role }),
        ...(search !== undefined && { search: search.includes('@') ? normalizeEmail(search) : search }),
      },
      request,
      options,
    );
    const items = list.items.map(safeUser);
    return { ...list, items: options.withPermissions ? items : await this.namedRoles(items) };
  }

  /** @throws DomainError not-found; stale / PRECONDITION_FAILED when the user has another revision; forbidden. */
  async update(
    principal: Principal,
    id: UserId,
    changes: PartialUser,
    expectedRevision?: number,
  ): Promise<SafeUser> {
    return this.unitOfWork.run(async () => {
      const user = await this.rules.userToActOn(principal, id);
      if (expectedRevision !== undefined && expectedRevision !== user.revision) throw staleUser();
      const changed = changesBetween(user, changes);
      // Nothing asked, nothing changed: a new revision would make stale what others have read.
      if (Object.keys(changed).length === 0) return safeUser(user);
      const updated = await this.users.update(id, changes, user.revision);
      if (updated === null) throw staleUser();
      await this.audit.record({ action: 'user.updated', target: { type: 'user', id }, changes: changed });
      await this.signals.emit({ kind: 'user', id });
      return safeUser(updated);
    });
  }

  /** From memory: reading them with the users would ask the database once more for each page. */
  private async namedRoles(users: readonly SafeUser[]): Promise<SafeUser[]> {
    const nameOf = await this.roles.nameTellerOf(users.flatMap(({ roles }) => roles.map(({ id }) => id)));
    return users.map((user) => withRoleNames(user, nameOf));
  }

  private async roleOf(reference: string): Promise<RoleId | undefined> {
    const [role] = await this.roles.resolve([reference]).catch((error: unknown) => {
      if (error instanceof DomainError && error.errors !== undefined) {
        const errors = error.errors.map(({ message }) => ({ path: 'role', message }));
        throw new DomainError(error.kind, error.code, error.message, { errors });
      }
      throw error;
    });
    return role;
  }

  private async insertUnique(user: NewUser): Promise<void> {
    // Asked first: inside a transaction an engine may report a taken address as a conflict, which is retried.
    if (await this.users.isEmailTaken(user.email)) throw emailTaken();
    await this.users.insert(user).catch(rethrowTaken);
  }
}
