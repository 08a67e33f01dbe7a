import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import { normalizeEmail } from '../../common/email.js';
import { userIds, type RoleId, type UserId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import type { Principal } from '../../common/principal.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { PasswordHasher } from '../auth/password-hasher.js';
import { assertPasswordPolicy } from '../auth/password-policy.js';
import { NotificationsService } from '../notifications/notifications.service.js';
import { RolesService } from '../roles/roles.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { ActingRules } from './acting-rules.js';
import type {
  NewUser,
  PartialUser,
  SafeUser,
  UserFilter,
  UserListOptions,
  UserSortField,
} from './user.types.js';
import { DuplicateEmailError, UsersRepository } from './users.repository.js';

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
export class UsersService implements OnModuleInit {
  constructor(
    private readonly users: UsersRepository,
    private readonly roles: RolesService,
    private readonly rules: ActingRules,
    private readonly notifications: NotificationsService,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly unitOfWork: UnitOfWork,
    private readonly signals: Signals,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.roles.askHolders({ isRoleHeld: async (role) => (await this.users.countHolders(role)) > 0 });
  }

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
    if (password !== undefined) assertPasswordPolicy(password);

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
    });
    return this.get(user.id);
  }

  /** @throws DomainError not-found / USER_NOT_FOUND. */
  async get(id: UserId, options: UserListOptions = { withPermissions: false }): Promise<SafeUser> {
    const user = await this.users.findById(id, options);
    if (user === null) throw userNotFound();
    return withoutSecrets(user);
  }

  async list(
    filter: Omit<UserFilter, 'role'> & { readonly role?: string },
    request: ListRequest<UserSortField>,
    options: UserListOptions,
  ): Promise<List<SafeUser>> {
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
    return { ...list, items: list.items.map(withoutSecrets) };
  }

  /** @throws DomainError not-found; stale / PRECONDITION_FAILED when the user has another revision; forbidden. */
  async update(
    principal: Principal,
    id: UserId,
    changes: PartialUser,
    expectedRevision?: number,
  ): Promise<SafeUser> {
    await this.rules.assertMayActOn(principal, id);
    // Nothing asked, nothing changed: a new revision would make stale what others have read.
    const isEmpty = Object.keys(changes).length === 0;
    const user = isEmpty
      ? await this.users.findInRevision(id, expectedRevision)
      : await this.users.update(id, changes, expectedRevision);
    if (user === null) throw await this.missingOrStale(id);
    return withoutSecrets(user);
  }

  /** @throws DomainError not-found; stale; forbidden; conflict / LAST_ADMINISTRATOR. */
  async delete(principal: Principal, id: UserId, expectedRevision?: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.rules.assertMayActOn(principal, id);
      await this.rules.assertNotLastAdministrator(id);
      if (!(await this.users.softDelete(id, this.clock.now(), expectedRevision))) {
        throw await this.missingOrStale(id);
      }
      await this.sessions.endAllOf(id);
      await this.signals.emit({ kind: 'user', id });
    });
  }

  /** @throws DomainError not-found / USER_NOT_FOUND; conflict / EMAIL_TAKEN; forbidden. */
  async restore(principal: Principal, id: UserId): Promise<SafeUser> {
    return this.unitOfWork.run(async () => {
      const deleted = await this.users.findById(id, { withPermissions: false, withDeleted: true });
      if (deleted === null || !deleted.isDeleted) {
        throw new DomainError('not-found', 'USER_NOT_FOUND', 'Deleted user not found');
      }
      await this.rules.assertMayActOn(principal, id, { withDeleted: true });
      if (await this.users.isEmailTaken(deleted.email)) throw emailTaken();
      await this.users.restore(id).catch(rethrowTaken);
      // A login that overtook the deletion may have left one behind.
      await this.sessions.endAllOf(id);
      await this.signals.emit({ kind: 'user', id });
      return this.get(id);
    });
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

  private async missingOrStale(id: UserId): Promise<DomainError> {
    return (await this.users.findById(id)) === null
      ? userNotFound()
      : new DomainError('stale', 'PRECONDITION_FAILED', 'The user has been changed since it was read');
  }
}

function withoutSecrets<Stored extends SafeUser & { passwordHash: unknown }>({
  passwordHash: _,
  ...user
}: Stored): Omit<Stored, 'passwordHash'> {
  return user;
}

export function userNotFound(): DomainError {
  return new DomainError('not-found', 'USER_NOT_FOUND', 'User not found');
}

function emailTaken(): DomainError {
  return new DomainError('conflict', 'EMAIL_TAKEN', 'A user with this e-mail address exists already', {
    errors: [{ path: 'email', message: 'is taken' }],
  });
}

function rethrowTaken(error: unknown): never {
  throw error instanceof DuplicateEmailError ? emailTaken() : error;
}
