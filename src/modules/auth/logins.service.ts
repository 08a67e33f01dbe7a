import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Clock } from '../../common/clock.js';
import type { UserId } from '../../common/ids.js';
import { authConfig } from '../../config/auth.config.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountsService } from '../users/accounts.service.js';
import { UsersService } from '../users/users.service.js';
import { AccessTokens, type AccessToken } from './access-tokens.js';

export interface LoginRequest {
  readonly userId: UserId;
  /** The User-Agent header as it came. */
  readonly userAgent: string | undefined;
  readonly ip: string;
}

export interface Login extends AccessToken {
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
    @Inject(authConfig.KEY) private readonly config: ConfigType<typeof authConfig>,
  ) {}

  async open({ userId, userAgent, ip }: LoginRequest): Promise<Login> {
    // Nothing can renew a token yet, so the session ends with it.
    const lifetime = this.config.accessTokenTtl;
    const sessionId = await this.sessions.open({ userId, userAgent, ip, lifetime });
    await this.accounts.recordLogin(userId, this.clock.now());
    const token = await this.tokens.issue({ userId, sessionId });
    return { ...token, user: await this.users.get(userId) };
  }
}
