import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

function lineOf(request: FastifyRequest, status: number, duration: number) {
  return {
    requestId: request.id,
    traceId: request.context?.traceId,
    principal: request.principal?.userId,
    method: request.method,
    // The pattern, never the URL: that may hold what must not be in a log.
    route: request.routeOptions.url ?? 'unknown',
    status,
    duration: Math.round(duration * 10) / 10,
    ip: request.ip,
  };
}

/** One line a request, when it has been answered; `duration` is in milliseconds. */
export function addRequestLog(
  fastify: FastifyInstance,
  logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>,
): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const line = lineOf(request, reply.statusCode, reply.elapsedTime);
    logger[levelOf(line.route, line.status)](line, 'request');
    done();
  });
}

function levelOf(route: string, status: number): 'debug' | 'info' | 'warn' | 'error' {
  // Somebody asks every few seconds, and a change of the answer is told by the health checks themselves.
  if (route.startsWith('/health')) return 'debug';
  if (status < 500) return 'info';
  return status === 503 ? 'warn' : 'error';
}
