import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { SessionId, UserId } from '../../common/ids.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountsService } from '../users/accounts.service.js';
import { LoginsService, type Login } from './logins.service.js';
import { PasswordHasher } from './password-hasher.js';

export interface LoginAttempt {
  readonly email: string;
  readonly password: string;
  readonly userAgent: string | undefined;
  readonly ip: string;
}

/** Logging in and out. */
@Injectable()
export class AuthService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly logins: LoginsService,
  ) {}

  /**
   * An unknown address and a wrong password are told apart neither by the answer nor by its time.
   * @throws DomainError unauthenticated / INVALID_CREDENTIALS; forbidden / ACCOUNT_SUSPENDED or ACCOUNT_PENDING, only
   * after the right password; unavailable / BUSY.
   */
  async login({ email, password, userAgent, ip }: LoginAttempt): Promise<Login> {
    const account = await this.accounts.credentialsOf(email);
    const matches = await this.hasher.verify(password, account?.passwordHash ?? null);
    if (account === null || account.passwordHash === null || !matches) {
      throw new DomainError('unauthenticated', 'INVALID_CREDENTIALS', 'Invalid email or password');
    }
    if (account.status === 'suspended') {
      throw new DomainError('forbidden', 'ACCOUNT_SUSPENDED', 'This account is suspended');
    }
    if (account.status === 'pending') {
      throw new DomainError('forbidden', 'ACCOUNT_PENDING', 'This account is not active yet');
    }
    await this.renewHash(account.id, password, account.passwordHash);

    return this.logins.open({ userId: account.id, userAgent, ip });
  }

  async logout(userId: UserId, sessionId: SessionId): Promise<void> {
    await this.sessions.end(sessionId, userId);
  }

  /** The only moment at which the password is known. When there is no room for it now, the next login will do. */
  private async renewHash(userId: UserId, password: string, current: string): Promise<void> {
    if (!this.hasher.isOutdated(current)) return;
    try {
      await this.accounts.replacePasswordHash(userId, await this.hasher.hash(password));
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'BUSY')) throw error;
    }
  }
}
