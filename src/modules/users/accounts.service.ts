import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { normalizeEmail } from '../../common/email.js';
import { userIds, type RoleId, type UserId } from '../../common/ids.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { RolesService } from '../roles/roles.service.js';
import { AccountsRepository, type Contact } from './accounts.repository.js';
import { formerHashes, historyAfter } from './password-history.js';
import type { Account, Credentials, User } from './user.types.js';
import { UserCache } from './user-cache.js';
import { DuplicateEmailError, UsersRepository } from './users.repository.js';

export type AccountContact = Contact;

export interface NewAccount {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly emailVerified: boolean;
}

export type AccountPasswords = Pick<User, 'email' | 'emailVerified' | 'name' | 'status' | 'passwordHash'> & {
  /** Hashes that a new password must not match, the current one first. */
  readonly former: readonly string[];
};

/** Somebody else took the address while a unit of work was running, which is lost. */
export class EmailTakenMeanwhile extends Error {}

/** Users as authentication knows them. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly accounts: AccountsRepository,
    private readonly roles: RolesService,
    private readonly cache: UserCache,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  credentialsOf(email: string): Promise<Credentials | null> {
    return this.users.findCredentials(normalizeEmail(email));
  }

  accountOf(id: UserId): Promise<Account | null> {
    return this.users.findAccount(id);
  }

  holderOf(email: string): Promise<AccountContact | null> {
    return this.accounts.findContact({ email: normalizeEmail(email) });
  }

  /**
   * Joins the running unit of work, and conflicts with every change of the user's state or password. False when the
   * user is not active any more, or their password hash is not the one that was verified.
   */
  async recordLogin(id: UserId, at: Date, verifiedHash?: string): Promise<boolean> {
    const recorded = await this.users.setLastLogin(id, at, verifiedHash);
    if (recorded) await this.cache.forget(id);
    return recorded;
  }

  /** The same password, hashed anew. False when it was changed since. */
  replacePasswordHash(id: UserId, expected: string, passwordHash: string): Promise<boolean> {
    return this.users.setPasswordHash(id, expected, passwordHash);
  }

  /** Null when the user is gone. */
  async passwordsOf(id: UserId): Promise<AccountPasswords | null> {
    const found = await this.accounts.findPasswords(id);
    if (found === null) return null;
    const { history, ...passwords } = found;
    return { ...passwords, former: formerHashes(passwords.passwordHash, history, this.clock.now()) };
  }

  /**
   * Sets another password and remembers the one before. With `provesEmail` an invited user becomes active. Joins the
   * running unit of work. False when the password is no longer `expected`, or the user is gone or suspended.
   */
  async changePassword(
    id: UserId,
    expected: string | null,
    passwordHash: string,
    { provesEmail = false }: { provesEmail?: boolean } = {},
  ): Promise<boolean> {
    const found = await this.accounts.findPasswords(id);
    if (found === null) return false;
    const history = historyAfter(expected, found.history, this.clock.now());
    return this.accounts.replacePassword(
      id,
      expected,
      { passwordHash, history },
      { emailVerified: provesEmail },
    );
  }

  /**
   * Makes an active user with the default role. Joins the running unit of work. False when the address is taken.
   * @throws EmailTakenMeanwhile
   */
  async register(account: NewAccount): Promise<boolean> {
    return this.insertUnless(account, await this.roles.defaultRoleId());
  }

  /** Joins the running unit of work. False when the user is gone, suspended, or has another address by now. */
  verifyEmail(id: UserId, email: string): Promise<boolean> {
    return this.accounts.verifyEmail(id, email);
  }

  /** Joins the running unit of work. False when the user is gone or suspended. */
  requestEmail(id: UserId, email: string): Promise<boolean> {
    return this.accounts.setPendingEmail(id, email);
  }

  /**
   * Gives the user the address that they asked for last. Joins the running unit of work. Null when there is nothing to
   * change any more, or somebody has taken the address since; else the address before.
   * @throws EmailTakenMeanwhile
   */
  async changeEmail(id: UserId, email: string): Promise<string | null> {
    const contact = await this.accounts.findContact({ id });
    if (contact?.pendingEmail !== email || (await this.users.isEmailTaken(email))) return null;
    const isChanged = await this.accounts.changeEmail(id, contact.email, email).catch((error: unknown) => {
      throw error instanceof DuplicateEmailError ? new EmailTakenMeanwhile() : error;
    });
    return isChanged ? contact.email : null;
  }

  /** Whether anybody who is not suspended holds the role. */
  async isHeldByActiveUser(role: RoleId): Promise<boolean> {
    return (await this.users.countHolders(role, { status: 'active' })) > 0;
  }

  /** Makes an active, verified user who holds the role. False when the address is taken. */
  async createAdministrator(administrator: {
    email: string;
    passwordHash: string;
    roleId: RoleId;
  }): Promise<boolean> {
    const { email, passwordHash, roleId } = administrator;
    const id = newId(userIds);
    const account = {
      id,
      email: normalizeEmail(email),
      name: 'Administrator',
      passwordHash,
      emailVerified: true,
    };
    return this.insertUnless(account, roleId);
  }

  /** @throws EmailTakenMeanwhile inside a running unit of work, which is lost with it: begin again. */
  private async insertUnless(account: NewAccount, role: RoleId): Promise<boolean> {
    try {
      return await this.unitOfWork.run(async () => {
        // Asked first: inside a transaction an engine may report a taken address as a conflict, which is retried.
        if (await this.users.isEmailTaken(account.email)) return false;
        await this.users.insert({ ...account, age: null, status: 'active', roles: [role] });
        return true;
      });
    } catch (error) {
      if (!(error instanceof DuplicateEmailError)) throw error;
      if (this.unitOfWork.isRunning) throw new EmailTakenMeanwhile();
      return false;
    }
  }
}
