import { Global, Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { HttpAdapterHost } from '@nestjs/core';
import { telemetryConfig } from '../../config/telemetry.config.js';
import { Metrics } from './metrics.js';
import { Tracing } from './tracing.js';

/** The recorder is imported only where traces are wanted: loading OpenTelemetry takes time and memory. */
async function createTracing(
  settings: ConfigType<typeof telemetryConfig>,
  host: HttpAdapterHost | undefined,
): Promise<Tracing> {
  if (settings.endpoint === undefined || settings.disabled) return new Tracing(undefined);
  const { createRecorder } = await import('./open-telemetry.js');
  // Only the API answers through Nest.
  const service = host?.httpAdapter === undefined ? 'nexus-worker' : 'nexus-api';
  return new Tracing(await createRecorder(settings, settings.endpoint, service));
}

@Global()
@Module({
  providers: [
    Metrics,
    {
      provide: Tracing,
      inject: [telemetryConfig.KEY, { token: HttpAdapterHost, optional: true }],
      useFactory: createTracing,
    },
  ],
  exports: [Metrics, Tracing],
})
export class TelemetryModule {}
