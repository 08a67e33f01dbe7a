import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { spanIdOf } from '../infrastructure/logging/log-context.js';
import { isProbe } from './probe-routes.js';
import { routeOf } from './route-of.js';

function lineOf(request: FastifyRequest, status: number, duration: number) {
  const trace = request.context?.trace;
  return {
    requestId: request.id,
    traceId: trace?.traceId,
    spanId: spanIdOf(trace),
    principal: request.principal?.userId,
    status,
    code: request.failureCode,
    duration: Math.round(duration * 10) / 10,
    ip: request.ip,
  };
}

/** One line a request, when it has been answered; `duration` is in milliseconds. */
export function addRequestLog(fastify: FastifyInstance, logger: Pick<Logger, 'child'>): void {
  // Looking for secrets in a line that is made of known fields costs more than everything else about it.
  const lines = logger.child({}, { redact: { paths: [] } });
  // By route: what is the same in all lines of one is written as JSON once.
  const byRoute = new Map<string, typeof lines>();
  const linesOf = (request: FastifyRequest): typeof lines => {
    // The pattern, never the URL: that may hold what must not be in a log.
    const route = routeOf(request) ?? 'unknown';
    const { method } = request;
    const name = `${method} ${route}`;
    let known = byRoute.get(name);
    if (known === undefined) byRoute.set(name, (known = lines.child({ method, route })));
    return known;
  };
  fastify.addHook('onResponse', (request, reply, done) => {
    const level = levelOf(request, reply.statusCode);
    if (lines.isLevelEnabled(level)) {
      linesOf(request)[level](lineOf(request, reply.statusCode, reply.elapsedTime), 'request');
    }
    done();
  });
}

function levelOf(request: FastifyRequest, status: number): 'debug' | 'info' | 'warn' | 'error' {
  // Somebody asks every few seconds, and a change of the answer is told by the health checks themselves.
  if (isProbe(request)) return 'debug';
  if (status < 500) return 'info';
  return status === 503 ? 'warn' : 'error';
}
