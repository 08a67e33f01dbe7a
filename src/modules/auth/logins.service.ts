import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import type { UserId } from '../../common/ids.js';
import { Turns } from '../../common/turns.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import type { Transport } from '../sessions/session.js';
import { SessionsService, type OpenedSession } from '../sessions/sessions.service.js';
import { AccountsService } from '../users/accounts.service.js';
import { UsersService } from '../users/users.service.js';
import { AccessTokens, type AccessToken } from './access-tokens.js';

export interface LoginRequest {
  readonly userId: UserId;
  /** The User-Agent header as it came. */
  readonly userAgent: string | undefined;
  readonly ip: string;
  readonly transport: Transport;
  /** Of a login by password: the hash that it was verified against. */
  readonly verifiedHash?: string;
  /** Of a login by something that is good once: uses it up, in the transaction of the session, or throws. */
  readonly useUp?: () => Promise<void>;
  /** What the audit calls it; 'auth.login' when absent. */
  readonly action?: 'auth.login' | 'auth.otp-login';
}

export interface Login extends AccessToken {
  readonly refreshToken: string;
  /** Seconds. */
  readonly refreshExpiresIn: number;
  readonly user: Awaited<ReturnType<UsersService['get']>>;
}

/** What follows once somebody has proven who they are, whichever way they did. */
@Injectable()
export class LoginsService {
  /** Logins of one user at once would only conflict with each other. */
  private readonly turns = new Turns<UserId>();

  constructor(
    private readonly accounts: AccountsService,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly tokens: AccessTokens,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a session, with its audit entry. Checking a password takes a while: when it was changed meanwhile, or the
   * user suspended, no session is opened that the change would not end.
   * @throws DomainError unauthenticated / INVALID_CREDENTIALS; what `useUp` throws.
   */
  async open({ action = 'auth.login', verifiedHash, useUp, ...request }: LoginRequest): Promise<Login> {
    const { userId } = request;
    const session = this.sessions.prepare({ ...request, action });
    const open = async (): Promise<void> => {
      if (!(await this.accounts.recordLogin(userId, this.clock.now(), verifiedHash))) {
        throw new DomainError('unauthenticated', 'INVALID_CREDENTIALS', 'Invalid email or password');
      }
      await useUp?.();
      await this.sessions.open(session);
    };
    await this.turns.take(userId, () => this.unitOfWork.run(open));
    return this.answerFor(userId, session);
  }

  /** What the holder of a session gets: fresh tokens, and the user as they are now. */
  async answerFor(userId: UserId, session: OpenedSession): Promise<Login> {
    const token = await this.tokens.issue({ userId, sessionId: session.id }, session.expiresAt);
    const left = session.expiresAt.getTime() - this.clock.now().getTime();
    return {
      ...token,
      refreshToken: session.refreshToken,
      refreshExpiresIn: Math.max(0, Math.floor(left / 1_000)),
      user: await this.users.get(userId),
    };
  }
}
