import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { requestOf } from '../../http/of-context.js';

/** Milliseconds. */
const recent = 10 * 60_000;

/** Did they log in just now? Reads the session, so only handlers with @RecentLogin() have this guard. */
@Injectable()
export class RecentLoginGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { principal } = requestOf(context);
    const authenticatedAt =
      principal?.kind === 'user' ? await this.sessions.authenticatedAt(principal.sessionId) : null;
    if (authenticatedAt !== null && this.clock.now().getTime() - authenticatedAt.getTime() < recent)
      return true;
    throw new DomainError(
      'forbidden',
      'RECENT_LOGIN_REQUIRED',
      'This needs a login of the last 10 minutes: log in again',
    );
  }
}
