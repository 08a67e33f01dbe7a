import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import type { SessionId, UserId } from '../../common/ids.js';
import { authConfig } from '../../config/auth.config.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountsService } from '../users/accounts.service.js';
import { UsersService } from '../users/users.service.js';
import { AccessTokens, type AccessToken } from './access-tokens.js';
import { PasswordHasher } from './password-hasher.js';

export interface LoginAttempt {
  readonly email: string;
  readonly password: string;
  readonly userAgent: string | undefined;
  readonly ip: string;
}

export interface Login extends AccessToken {
  readonly user: Awaited<ReturnType<UsersService['get']>>;
}

/** Logging in and out. */
@Injectable()
export class AuthService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly tokens: AccessTokens,
    private readonly clock: Clock,
    @Inject(authConfig.KEY) private readonly config: ConfigType<typeof authConfig>,
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

    const { id: userId } = account;
    // Nothing can renew a token yet, so the session ends with it.
    const sessionId = await this.sessions.open({
      userId,
      userAgent,
      ip,
      lifetime: this.config.accessTokenTtl,
    });
    await this.accounts.recordLogin(userId, this.clock.now());
    const token = await this.tokens.issue({ userId, sessionId });
    return { ...token, user: await this.users.get(userId) };
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
