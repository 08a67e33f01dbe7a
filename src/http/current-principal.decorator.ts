import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../common/domain-error.js';
import type { Principal } from '../common/principal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard; absent on public routes. */
    principal?: Principal;
  }
}

/** Who the request acts as. @throws DomainError unauthenticated on a route that needs nobody. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal === undefined) {
    throw new DomainError('unauthenticated', 'UNAUTHENTICATED', 'Authentication required');
  }
  return principal;
});
