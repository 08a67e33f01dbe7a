import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { UserId } from '../../common/ids.js';
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
  constructor(
    private readonly accounts: AccountsService,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly tokens: AccessTokens,
    private readonly clock: Clock,
  ) {}

  /** Opens a session, with its audit entry. */
  async open({ action = 'auth.login', ...request }: LoginRequest): Promise<Login> {
    const session = await this.sessions.open({ ...request, action });
    await this.accounts.recordLogin(request.userId, this.clock.now());
    return this.answerFor(request.userId, session);
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
