import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../common/domain-error.js';
import type { Principal } from '../common/principal.js';
import { requestOf } from './of-context.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard; absent on public routes. */
    principal?: Principal;
  }
}

/** Who the request acts as. @throws DomainError unauthenticated on a route that needs nobody. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = requestOf(context);
  if (principal === undefined) {
    throw new DomainError('unauthenticated', 'UNAUTHENTICATED', 'Authentication required');
  }
  return principal;
});
