import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { Principal } from '../../common/principal.js';
import { RolesService } from '../roles/roles.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountsService } from '../users/accounts.service.js';
import type { AccessClaims } from './access-tokens.js';

/** From a verified token to who is asking now: the token says who logged in, the database whether that still holds. */
@Injectable()
export class PrincipalService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
    private readonly roles: RolesService,
  ) {}

  /** @throws DomainError unauthenticated / SESSION_ENDED when the session is over or its user may not log in any more. */
  async principalOf({ userId, sessionId }: AccessClaims): Promise<Principal> {
    const [isActive, account] = await Promise.all([
      this.sessions.isActive(sessionId, userId),
      this.accounts.accountOf(userId),
    ]);
    if (!isActive || account?.status !== 'active') {
      throw new DomainError('unauthenticated', 'SESSION_ENDED', 'The session has ended: log in again');
    }
    return { kind: 'user', userId, sessionId, permissions: await this.roles.permissionsOf(account.roleIds) };
  }
}
