import { pairs } from './pairs.js';
import { section } from './section.js';
import { choice, flag, fraction, integer, optionalText, optionalUrl } from './variable.js';

/** The names and defaults are those of OpenTelemetry's specification ("Environment Variable Specification"). */
export const telemetryConfig = section('telemetry', {
  endpoint: optionalUrl('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:'], {
    description:
      'Where a collector takes traces by OTLP over HTTP (usually port 4318); /v1/traces is appended. Absent: traces are off and nothing of them is loaded.',
  }),
  protocol: choice('OTEL_EXPORTER_OTLP_PROTOCOL', ['http/protobuf', 'http/json'], {
    default: 'http/protobuf',
    description: 'How spans are written. There is no grpc: use the port for HTTP of the same collector.',
  }),
  headers: pairs('OTEL_EXPORTER_OTLP_HEADERS', {
    description: 'Headers that are sent to the collector, such as a token.',
    secret: true,
  }),
  timeout: integer(
    'OTEL_EXPORTER_OTLP_TIMEOUT',
    { min: 1, max: 60_000 },
    {
      default: '10000',
      description: 'Milliseconds that the collector gets to take a batch, repetitions included.',
    },
  ),
  serviceName: optionalText('OTEL_SERVICE_NAME', {
    description: 'What the process is called in traces. Absent: nexus-api or nexus-worker.',
  }),
  resourceAttributes: pairs('OTEL_RESOURCE_ATTRIBUTES', {
    description: 'Attributes of every span of the process, e.g. deployment.environment.name=staging.',
  }),
  sampler: choice(
    'OTEL_TRACES_SAMPLER',
    [
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ],
    {
      default: 'parentbased_always_on',
      description:
        'Which traces are recorded. Those that begin with parentbased leave it to the caller when a traceparent comes along.',
    },
  ),
  samplerRatio: fraction('OTEL_TRACES_SAMPLER_ARG', {
    default: '1',
    description: 'The share of traces that the two samplers with traceidratio record.',
  }),
  scheduleDelay: integer(
    'OTEL_BSP_SCHEDULE_DELAY',
    { min: 10, max: 60_000 },
    { default: '5000', description: 'Milliseconds for which spans are collected before they are sent.' },
  ),
  maxQueueSize: integer(
    'OTEL_BSP_MAX_QUEUE_SIZE',
    { min: 1, max: 100_000 },
    {
      default: '2048',
      description: 'Spans that wait in memory for the collector; further ones are dropped.',
    },
  ),
  disabled: flag('OTEL_SDK_DISABLED', {
    default: 'false',
    description: 'Switches traces off though an endpoint is set.',
  }),
});
