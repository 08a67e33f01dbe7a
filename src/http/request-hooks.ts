import type { Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requestContext, type RequestContext } from '../common/request-context.js';
import { parseTraceparent } from '../common/trace.js';
import { recorded } from '../infrastructure/telemetry/tracing.js';
import { assertAcceptable } from './acceptable.js';
import { writtenEnvelopeOf } from './envelope.js';
import { isProbe } from './probe-routes.js';
import { routeOf } from './route-of.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Absent for probes. */
    context?: RequestContext;
    /** Absent for probes, and while traces are off. */
    span?: Span;
  }
}

/**
 * Reads write jobs and audit entries only where they say so by `inContext`, as what goes wrong does (ErrorFilter): the
 * few whose trace is recorded need the context throughout, the others do without.
 */
function needsContext({ method, context }: FastifyRequest): boolean {
  return (method !== 'GET' && method !== 'HEAD') || context?.span !== undefined;
}

/** Milliseconds: longer than any transaction, and than anything that a handler waits for. */
const longestHandler = 120_000;

/** What is known of a request when its headers have arrived. */
export function contextOf(request: FastifyRequest): RequestContext {
  const { span } = request;
  return {
    requestId: request.id,
    trace: span === undefined ? parseTraceparent(request.headers.traceparent) : span.spanContext(),
    span: span === undefined ? undefined : recorded(span),
    ip: request.ip,
    route: routeOf(request) ?? 'unknown',
  };
}

/** What every request goes through. Hooks, because an interceptor costs a third of a small request. */
export function addRequestHooks(fastify: FastifyInstance): void {
  // All that a request is given on its way, from the beginning: what grows is slower to read.
  for (const name of ['principal', 'context', 'securityHeaders', 'routePattern']) {
    fastify.decorateRequest(name, undefined);
  }

  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-ID', request.id);
    if (request.securityHeaders !== undefined) reply.headers(request.securityHeaders);
    if (isProbe(request)) return done();
    request.context = contextOf(request);
    assertAcceptable(request);
    if (!needsContext(request)) return done();
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

  fastify.setReplySerializer(writtenEnvelopeOf);
}
