import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { AuditedAct } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import { DeviceCookies } from '../rate-limits/device-cookies.js';
import { RefreshService, invalidRefreshToken } from '../sessions/refresh.service.js';
import type { Transport } from '../sessions/session.js';
import { AccountsService } from '../users/accounts.service.js';
import type { Credentials } from '../users/user.types.js';
import { LoginsService, type Login } from './logins.service.js';
import { NotedAttempts } from './noted-attempts.js';
import { PasswordHasher } from './password-hasher.js';

export interface LoginAttempt {
  readonly email: string;
  readonly password: string;
  readonly userAgent: string | undefined;
  readonly ip: string;
  /** What the browser keeps of earlier logins; see DeviceCookies. */
  readonly deviceCookie: string | undefined;
  readonly transport: Transport;
}

export interface RefreshAttempt {
  readonly refreshToken: string;
  readonly ip: string;
  readonly transport: Transport;
}

type Proven = Credentials & { readonly passwordHash: string };

/** Logging in by a password, and staying so. */
@Injectable()
export class AuthService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly refreshes: RefreshService,
    private readonly hasher: PasswordHasher,
    private readonly logins: LoginsService,
    private readonly audit: AuditService,
    private readonly attempts: NotedAttempts,
    private readonly devices: DeviceCookies,
  ) {}

  /**
   * An unknown address and a wrong password are told apart neither by the answer nor by its time.
   * @throws DomainError unauthenticated / INVALID_CREDENTIALS; forbidden / ACCOUNT_SUSPENDED or ACCOUNT_PENDING, only
   * after the right password; too-many / TOO_MANY_LOGIN_ATTEMPTS; unavailable / BUSY.
   */
  async login(attempt: LoginAttempt): Promise<Login> {
    const { id: userId, passwordHash: verifiedHash } = await this.verify(attempt);
    const { userAgent, ip, transport } = attempt;
    return this.logins.open({ userId, verifiedHash, userAgent, ip, transport });
  }

  /**
   * New tokens for a session that lives, of a user who may still log in.
   * @throws DomainError unauthenticated / INVALID_REFRESH_TOKEN, whatever the reason.
   */
  async refresh({ refreshToken, transport, ip }: RefreshAttempt): Promise<Login> {
    const presented = await this.refreshes.present(refreshToken, transport);
    // Before the token is spent: who is let in again later still has a good one.
    const account = await this.accounts.accountOf(presented.userId);
    if (account?.status !== 'active') throw invalidRefreshToken();
    return this.logins.answerFor(presented.userId, await this.refreshes.rotate(presented, ip));
  }

  /** Whose address and password these are; what they are refused for is noted. */
  private async verify(attempt: LoginAttempt): Promise<Proven> {
    const { email, password } = attempt;
    const act = { action: 'auth.login-failed', target: { type: 'account', id: email } } as const;
    const account = await this.accountOf(attempt, act);
    if (account === null) {
      throw new DomainError('unauthenticated', 'INVALID_CREDENTIALS', 'Invalid email or password');
    }
    if (account.status !== 'active') {
      this.audit.note(act, 'refused');
      throw notActive(account.status);
    }
    return { ...account, passwordHash: await this.renewHash(email, password, account) };
  }

  /** Null when nobody has that address and password; unknown addresses cost the same time and the same budgets. */
  private async accountOf(
    { email, password, ip, deviceCookie }: LoginAttempt,
    act: AuditedAct,
  ): Promise<Proven | null> {
    const device = this.devices.recognise(deviceCookie, email);
    return this.attempts.make({ act: 'login', email, address: ip, device }, act, async () => {
      const account = await this.accounts.credentialsOf(email);
      const passwordHash = account?.passwordHash ?? null;
      const matches = await this.hasher.verify(password, passwordHash);
      return account === null || passwordHash === null || !matches ? null : { ...account, passwordHash };
    });
  }

  /**
   * The only moment at which the password is known. When there is no room for it now, the next login will do. Gives the
   * hash that stands now for what was verified.
   */
  private async renewHash(email: string, password: string, { id, passwordHash }: Proven): Promise<string> {
    if (!this.hasher.isOutdated(passwordHash)) return passwordHash;
    const renewed = await this.hasher.hash(password).catch((error: unknown) => {
      if (error instanceof DomainError && error.code === 'BUSY') return undefined;
      throw error;
    });
    if (renewed !== undefined && (await this.accounts.replacePasswordHash(id, passwordHash, renewed))) {
      return renewed;
    }
    // Perhaps another login renewed it first: the same password, and not what this one was verified against.
    const standing = (await this.accounts.credentialsOf(email))?.passwordHash ?? passwordHash;
    if (standing === passwordHash) return passwordHash;
    return (await this.hasher.verify(password, standing)) ? standing : passwordHash;
  }
}

function notActive(status: 'suspended' | 'pending'): DomainError {
  return status === 'suspended'
    ? new DomainError('forbidden', 'ACCOUNT_SUSPENDED', 'This account is suspended')
    : new DomainError('forbidden', 'ACCOUNT_PENDING', 'This account is not active yet');
}
