import cookie from '@fastify/cookie';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { appConfig } from '../config/app.config.js';
import { httpConfig } from '../config/http.config.js';
import { Metrics } from '../infrastructure/telemetry/metrics.js';
import { Tracing } from '../infrastructure/telemetry/tracing.js';
import { AllowedMethods } from './allowed-methods.js';
import { compressAnswers } from './compression.js';
import { answerNotModified } from './http-cache/not-modified.js';
import { acceptOnlyJson } from './json-body.js';
import { serveDocs } from './open-api.js';
import { answerProtocolRefusals } from './protocol-refusals.js';
import { addRequestHooks } from './request-hooks.js';
import { addRequestLog } from './request-log.js';
import { addRequestMetrics } from './request-metrics.js';
import { addRequestTraces } from './request-traces.js';

/** Everything about HTTP that is the same for each route. Must run before the application is initialised. */
export async function configureHttp(app: NestFastifyApplication): Promise<void> {
  const settings = httpConfig();
  const inProduction = appConfig().environment === 'production';
  const fastify = app.getHttpAdapter().getInstance();

  app.get(AllowedMethods).watch(fastify);
  acceptOnlyJson(fastify);
  addRequestTraces(fastify, app.get(Tracing));
  addRequestHooks(fastify);
  answerProtocolRefusals(fastify);
  addRequestMetrics(fastify, app.get(Metrics));
  addRequestLog(fastify, (await app.resolve(PinoLogger)).logger);

  // Only to set cookies: the few routes that read one do so themselves, and the others pay nothing for it.
  await app.register(cookie, { hook: false });

  // Before what compresses them.
  answerNotModified(fastify);
  await compressAnswers(app);

  app.setGlobalPrefix('api', {
    exclude: ['health', 'health/*path', 'metrics', '.well-known/*path', 'admin/*path'],
  });
  app.useSecurityHeaders({
    // Over plain HTTP a local browser could not load a thing with it.
    ...(!inProduction && { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }),
  });
  app.enableCsrfProtection({
    trustedOrigins: [...settings.corsOrigins],
    // No other site can make a browser add these headers without our consent (CORS).
    exclude: ({ headers }: FastifyRequest) =>
      headers.authorization !== undefined || headers['x-api-key'] !== undefined,
  });
  if (settings.corsOrigins.length > 0) {
    app.enableCors({
      // After our own hooks: Nest's usual place is before them, where a preflight gets no X-Request-ID.
      hook: 'preParsing',
      origin: [...settings.corsOrigins],
      credentials: true,
      // By default a browser could only read, and post.
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      // Strictly, an OPTIONS that is no preflight would be answered in the plugin's own words.
      strictPreflight: false,
      exposedHeaders: [
        'ETag',
        'Idempotency-Replayed',
        'RateLimit',
        'RateLimit-Policy',
        'Retry-After',
        'X-Request-ID',
      ],
    });
  }
  if (!inProduction || settings.docsInProduction) serveDocs(app);
}
