import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../common/domain-error.js';
import type { Principal, UserPrincipal } from '../../common/principal.js';
import { credentialsOf } from '../../http/credentials.js';
import { CsrfTokens } from '../../http/csrf-tokens.js';
import { ApiKeyAuthentication } from '../api-keys/api-key-authentication.js';
import { AccessTokens, type AccessClaims } from './access-tokens.js';
import { PrincipalService } from './principal.service.js';

/**
 * From a request's credentials to who is asking. At once for whoever is known, without a promise: that would cost more
 * than all of the work.
 */
@Injectable()
export class Authentication {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly principals: PrincipalService,
    private readonly csrf: CsrfTokens,
    private readonly apiKeys: ApiKeyAuthentication,
  ) {}

  /**
   * Throws, or rejects with, DomainError unauthenticated; invalid / TWO_CREDENTIALS; forbidden when a cookie comes
   * without its CSRF token, or a key from where it may not be used; unavailable when it cannot be known.
   */
  principalOf(request: FastifyRequest): Principal | Promise<Principal> {
    const credentials = credentialsOf(request.headers);
    if (credentials.kind === 'bearer') return this.principalOfToken(credentials.token);
    if (credentials.kind === 'cookie') return this.principalOfCookie(request, credentials.token);
    if (credentials.kind === 'apiKey') {
      return this.apiKeys.principalOf(credentials.key, { address: request.ip, context: request.context });
    }
    throw new DomainError('unauthenticated', 'UNAUTHENTICATED', 'Authentication required');
  }

  private principalOfToken(token: string): UserPrincipal | Promise<UserPrincipal> {
    const claims = this.tokens.known(token);
    return claims === undefined
      ? this.tokens.verify(token).then((verified) => this.principalOfClaims(verified))
      : this.principalOfClaims(claims);
  }

  private principalOfClaims(claims: AccessClaims): UserPrincipal | Promise<UserPrincipal> {
    return this.principals.known(claims) ?? this.principals.principalOf(claims);
  }

  /** A browser sends its cookies whoever asks it to: a write also needs what only a page of ours can know. */
  private principalOfCookie(request: FastifyRequest, token: string): Principal | Promise<Principal> {
    const principal = this.principalOfToken(token);
    if (isSafe(request.method)) return principal;
    return principal instanceof Promise
      ? principal.then((found) => this.withCsrfToken(request, found))
      : this.withCsrfToken(request, principal);
  }

  private withCsrfToken(request: FastifyRequest, principal: UserPrincipal): Principal {
    this.csrf.assertSent(request.headers, [{ kind: 'session', id: principal.sessionId }]);
    return principal;
  }
}

/** RFC 9110, section 9.2.1, as far as there are routes for it. */
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
