import { SpanKind, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseTraceparent } from '../common/trace.js';
import { fail, type Tracing } from '../infrastructure/telemetry/tracing.js';
import { isProbe } from './probe-routes.js';
import './request-hooks.js';

/** Node.js hands on whatever the parser knows, WebDAV and all. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * A span a request, which goes on with the trace of a caller who sends a traceparent; probes have none. Must be added
 * before the hooks that make the request's context. While traces are off there is no hook.
 */
export function addRequestTraces(fastify: FastifyInstance, tracing: Tracing): void {
  if (!tracing.isOn) return;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isProbe(request)) return done();
    const span = tracing.start(
      nameOf(request),
      SpanKind.SERVER,
      parseTraceparent(request.headers.traceparent),
    );
    if (span !== undefined) {
      request.span = span;
      // Also of a client that hangs up, for whom there is no onResponse.
      if (span.isRecording()) reply.raw.once('close', () => end(span, request, reply));
    }
    done();
  });
}

function methodOf({ method }: FastifyRequest): string {
  return methods.has(method) ? method : '_OTHER';
}

/** The pattern of the route, never the URL: there must be few names. */
function nameOf(request: FastifyRequest): string {
  const { url } = request.routeOptions;
  const method = methods.has(request.method) ? request.method : 'HTTP';
  return url === undefined ? method : `${method} ${url}`;
}

function end(span: Span, request: FastifyRequest, reply: FastifyReply): void {
  const { url: route } = request.routeOptions;
  span.setAttributes({
    'http.request.method': methodOf(request),
    'url.scheme': request.protocol,
    // Without the query: that may hold what must not be in a trace.
    'url.path': request.url.replace(/[?#].*$/s, ''),
    ...(route !== undefined && { 'http.route': route }),
    'network.protocol.version': request.raw.httpVersion,
    'nexus.request.id': request.id,
    ...(request.principal !== undefined && { 'user.id': request.principal.userId }),
    ...(request.failureCode !== undefined && { 'nexus.failure.code': request.failureCode }),
  });
  if (!reply.raw.writableFinished) span.setAttribute('error.type', 'client_disconnected');
  else {
    span.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500) fail(span, request.failureCode ?? String(reply.statusCode));
  }
  span.end();
}
