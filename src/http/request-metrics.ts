import type { FastifyInstance, FastifyRequest } from 'fastify';
import { routeOf } from './route-of.js';
import type { Metrics } from '../infrastructure/telemetry/metrics.js';

/** Seconds. The targets of this service lie between 1 ms and 1 s. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
/** A probe's path may be anything; a route's pattern is one of those that were declared. */
const noRoute = 'none';
/** Node.js hands on whatever the parser knows, WebDAV and all. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface Counted {
  inc(): void;
}
interface Observed {
  observe(seconds: number): void;
}

/** Counts and times every answered request by its route's pattern, never by its URL. */
export function addRequestMetrics(fastify: FastifyInstance, metrics: Metrics): void {
  const total = metrics.counter({
    name: 'http_requests_total',
    help: 'Requests that were answered, by route pattern.',
    labels: ['method', 'route', 'status'],
  });
  const duration = metrics.histogram(
    {
      name: 'http_request_duration_seconds',
      help: 'Seconds from the last byte of the headers to the end of the answer, by route pattern.',
      labels: ['method', 'route'],
    },
    buckets,
  );
  const refused = metrics.counter({
    name: 'auth_failures_total',
    help: 'Requests that were not let in (401) or not allowed (403), by the code of the answer.',
    labels: ['status', 'code'],
  });
  let inFlight = 0;
  metrics.gauge({ name: 'http_requests_in_flight', help: 'Requests being worked on.' }, (gauge) =>
    gauge.set(inFlight),
  );

  // The library finds a metric by its labels anew each time, for longer than it counts.
  const counters = new Map<string, Counted>();
  const timers = new Map<string, Observed>();
  const counterOf = (method: string, route: string, status: number): Counted => {
    const key = `${status}${method}${route}`;
    let counter = counters.get(key);
    if (counter === undefined) {
      counter = total.labels({ method, route, status: String(status) });
      counters.set(key, counter);
    }
    return counter;
  };
  const timerOf = (method: string, route: string): Observed => {
    const key = method + route;
    let timer = timers.get(key);
    if (timer === undefined) timers.set(key, (timer = duration.labels({ method, route })));
    return timer;
  };

  const left = (): void => {
    inFlight -= 1;
  };
  fastify.addHook('onRequest', (_request, reply, done) => {
    inFlight += 1;
    // No onResponse follows when the client hangs up.
    reply.raw.once('close', left);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const method = methodOf(request);
    const route = routeOf(request) ?? noRoute;
    counterOf(method, route, reply.statusCode).inc();
    timerOf(method, route).observe(reply.elapsedTime / 1_000);
    const { statusCode: status } = reply;
    if (status === 401 || status === 403) refused.inc({ status, code: request.failureCode ?? 'none' });
    done();
  });
}

function methodOf({ method }: FastifyRequest): string {
  return methods.has(method) ? method : 'other';
}
