import type { FastifyRequest } from 'fastify';
import { requestContext } from '../common/request-context.js';
import './request-hooks.js';

/**
 * Runs `fn` with the request's context as current, for a read that does more than read: an audit entry, an error's
 * log line. Other reads have none, which is a third of their cost; writes have it throughout.
 */
export function inContext<Result>(request: FastifyRequest, fn: () => Result): Result {
  return request.context === undefined ? fn() : requestContext.run(request.context, fn);
}
