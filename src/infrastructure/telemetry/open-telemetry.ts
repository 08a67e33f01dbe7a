import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { ConfigType } from '@nestjs/config';
import type { telemetryConfig } from '../../config/telemetry.config.js';
import { ReportingExporter } from './reporting-exporter.js';
import type { Recorder } from './tracing.js';

type Settings = ConfigType<typeof telemetryConfig>;

/** Milliseconds for the last spans; a collector that is away must not hold a shutdown. */
const farewell = 3_000;
const largestBatch = 512;
/** Characters; a path may have as many as a caller likes. */
const longestValue = 1_024;

/**
 * Everything that OpenTelemetry needs in a process with traces. Imported only then (TelemetryModule): no file but this
 * one and reporting-exporter.ts may import its packages beside @opentelemetry/api.
 * @param service what the process is called unless OTEL_SERVICE_NAME says otherwise
 */
export async function createRecorder(
  settings: Settings,
  endpoint: string,
  service: string,
): Promise<Recorder> {
  const exporter = new ReportingExporter(await otlpExporter(settings, endpoint), new URL(endpoint).origin);
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        'service.name': service,
        'service.instance.id': randomUUID(),
        'host.name': hostname(),
        'process.pid': process.pid,
        ...settings.resourceAttributes,
        ...(settings.serviceName !== undefined && { 'service.name': settings.serviceName }),
      }),
    ),
    sampler: samplerOf(settings),
    spanLimits: { attributeValueLengthLimit: longestValue },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: settings.scheduleDelay,
        maxQueueSize: settings.maxQueueSize,
        maxExportBatchSize: Math.min(largestBatch, settings.maxQueueSize),
      }),
    ],
  });
  const tracer = provider.getTracer('nexus-backend');
  return {
    start: (name, kind, parent) =>
      tracer.startSpan(
        name,
        { kind },
        parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
      ),
    end: async () => {
      const late = new AbortController();
      // What fails has been reported by the exporter.
      const ended = provider.shutdown().catch(() => undefined);
      await Promise.race([ended, sleep(farewell, undefined, { signal: late.signal }).catch(() => undefined)]);
      late.abort();
    },
  };
}

async function otlpExporter(settings: Settings, endpoint: string): Promise<SpanExporter> {
  const options = {
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: { ...settings.headers },
    timeoutMillis: settings.timeout,
  };
  const { OTLPTraceExporter } =
    settings.protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter(options);
}

/** The sampler of that name in OpenTelemetry's specification. */
export function samplerOf({ sampler, samplerRatio }: Pick<Settings, 'sampler' | 'samplerRatio'>): Sampler {
  const prefix = 'parentbased_';
  if (sampler.startsWith(prefix)) {
    return new ParentBasedSampler({ root: rootSampler(sampler.slice(prefix.length), samplerRatio) });
  }
  return rootSampler(sampler, samplerRatio);
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === 'traceidratio') return new TraceIdRatioBasedSampler(ratio);
  return name === 'always_off' ? new AlwaysOffSampler() : new AlwaysOnSampler();
}
