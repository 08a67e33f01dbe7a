import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../common/domain-error.js';
import type { Principal } from '../../common/principal.js';
import { isAnonymous } from '../rate-limits/anonymous.js';
import { countsFailuresOnly } from '../rate-limits/count-failures.decorator.js';
import { RequestLimits } from '../rate-limits/request-limits.js';
import { accessOf } from './access-of.js';
import { Authentication } from './authentication.js';
import { PublicRequests } from './public-requests.js';
import { replyOf, requestOf } from '../../http/of-context.js';

/**
 * Who is asking? Credentials that do not let their caller in count for the address they came from. What is public
 * passes whoever asks. A handler that declares nothing is refused.
 */
@Injectable()
export class AuthenticateGuard implements CanActivate {
  constructor(
    private readonly authentication: Authentication,
    private readonly publicRequests: PublicRequests,
    private readonly limits: RequestLimits,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = accessOf(context.getClass(), context.getHandler());
    if (access === undefined) throw undeclared();
    if (access.kind === 'probe') return true;
    const request = requestOf(context);
    if (access.kind !== 'public') return this.authenticate(request, replyOf(context));
    if (isAnonymous(request.headers) || countsFailuresOnly(context.getHandler())) return true;
    return this.publicRequests.count(request, replyOf(context));
  }

  private authenticate(request: FastifyRequest, reply: FastifyReply): boolean | Promise<boolean> {
    let principal: Principal | Promise<Principal>;
    try {
      principal = this.authentication.principalOf(request);
    } catch (error) {
      return this.refuse(error, request, reply);
    }
    if (!(principal instanceof Promise)) return accept(request, principal);
    return principal.then(
      (found) => accept(request, found),
      (error: unknown) => this.refuse(error, request, reply),
    );
  }

  private async refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<never> {
    // Without credentials it was counted before.
    if (!isAnonymous(request.headers)) await this.limits.byFailure(error, request.ip, reply);
    throw error;
  }
}

function accept(request: FastifyRequest, principal: Principal): true {
  request.principal = principal;
  if (request.context !== undefined) request.context.principal = principal;
  return true;
}

function undeclared(): DomainError {
  return new DomainError('forbidden', 'ACCESS_NOT_DECLARED', 'Nobody may call this route');
}
