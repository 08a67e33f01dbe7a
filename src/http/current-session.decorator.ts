import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../common/domain-error.js';
import type { Principal } from '../common/principal.js';
import { requestOf } from './of-context.js';

/** A user with the session that this request belongs to. */
export type SessionPrincipal = Extract<Principal, { kind: 'user' }>;

/** The same as CurrentPrincipal, on routes of logins. @throws DomainError forbidden / SESSION_REQUIRED for an API key. */
export const CurrentSession = createParamDecorator(
  (_: unknown, context: ExecutionContext): SessionPrincipal => {
    const { principal } = requestOf(context);
    if (principal?.kind === 'user') return principal;
    throw new DomainError('forbidden', 'SESSION_REQUIRED', 'This route takes a login, not an API key');
  },
);
