import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../common/domain-error.js';
import type { Principal } from '../../common/principal.js';
import { requestContext } from '../../common/request-context.js';
import { credentialsOf } from '../../http/credentials.js';
import { CsrfTokens } from '../../http/csrf-tokens.js';
import { accessOf } from './access-of.js';
import { AccessTokens } from './access-tokens.js';
import { PrincipalService } from './principal.service.js';

/**
 * Who is asking? Runs before the permission guard, with room for a limit by principal between them. What is public
 * passes without a look at its credentials; a handler that declares nothing is refused.
 */
@Injectable()
export class AuthenticateGuard implements CanActivate {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly principals: PrincipalService,
    private readonly csrf: CsrfTokens,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = accessOf(context.getClass(), context.getHandler());
    if (access === undefined) throw undeclared();
    if (access.kind === 'probe' || access.kind === 'public') return true;
    return this.authenticate(context.switchToHttp().getRequest<FastifyRequest>());
  }

  private async authenticate(request: FastifyRequest): Promise<boolean> {
    const principal = await this.principalOf(request);
    request.principal = principal;
    const current = requestContext.current();
    if (current !== undefined) current.principal = principal;
    return true;
  }

  private async principalOf(request: FastifyRequest): Promise<Principal> {
    const credentials = credentialsOf(request.headers);
    switch (credentials.kind) {
      case 'bearer':
        return this.principals.principalOf(await this.tokens.verify(credentials.token));
      case 'cookie':
        return this.principalOfCookie(request, credentials.token);
      case 'apiKey':
        throw new DomainError('unauthenticated', 'INVALID_API_KEY', 'Invalid API key');
      case 'none':
        throw new DomainError('unauthenticated', 'UNAUTHENTICATED', 'Authentication required');
    }
  }

  /** A browser sends its cookies whoever asks it to: a write also needs what only a page of ours can know. */
  private async principalOfCookie(request: FastifyRequest, token: string): Promise<Principal> {
    const claims = await this.tokens.verify(token);
    const principal = await this.principals.principalOf(claims);
    if (!isSafe(request.method)) {
      this.csrf.assertSent(request.headers, [{ kind: 'session', id: claims.sessionId }]);
    }
    return principal;
  }
}

/** RFC 9110, section 9.2.1, as far as there are routes for it. */
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function undeclared(): DomainError {
  return new DomainError('forbidden', 'ACCESS_NOT_DECLARED', 'Nobody may call this route');
}
