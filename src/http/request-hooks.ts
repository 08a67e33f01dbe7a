import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestContext, type RequestContext } from '../common/request-context.js';
import { Answer } from './answer.js';
import { assertAcceptable } from './acceptable.js';
import { isProbe } from './probe-routes.js';
import { traceIdOf } from './request-id.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Absent for probes. */
    context?: RequestContext;
  }
}

/** Writes jobs and audit entries only where it says so by `inContext`, as what goes wrong does (ErrorFilter). */
function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Milliseconds: longer than any transaction, and than anything that a handler waits for. */
const longestHandler = 120_000;

function contextOf(request: FastifyRequest): RequestContext {
  return {
    requestId: request.id,
    traceId: traceIdOf(request.headers.traceparent),
    ip: request.ip,
    route: request.routeOptions.url ?? 'unknown',
  };
}

/** What every request goes through. Hooks, because an interceptor costs a third of a small request. */
export function addRequestHooks(fastify: FastifyInstance): void {
  fastify.decorateRequest('principal', undefined);

  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-ID', request.id);
    if (request.securityHeaders !== undefined) reply.headers(request.securityHeaders);
    if (isProbe(request)) return done();
    request.context = contextOf(request);
    assertAcceptable(request);
    if (isRead(request)) return done();
    const leave = requestContext.enter();
    // The handler of a client that hung up goes on, and nothing tells when it ends.
    reply.raw.once('close', () =>
      reply.raw.writableFinished ? leave() : setTimeout(leave, longestHandler).unref(),
    );
    requestContext.resume(request.context, done);
  });

  // Reading a body leaves the asynchronous context of onRequest: it is entered again before the handler.
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined || request.context === undefined) done();
    else requestContext.resume(request.context, done);
  });

  fastify.addHook('preSerialization', (_request, reply, payload, done) =>
    done(null, envelopeOf(payload, reply)),
  );
}

function envelopeOf(payload: unknown, reply: FastifyReply): unknown {
  if (!(payload instanceof Answer)) return payload;
  const { message, data, pagination } = payload;
  return {
    statusCode: reply.statusCode,
    message,
    success: true,
    data,
    ...(pagination !== undefined && { pagination }),
  };
}
