import { Injectable, type OnModuleInit } from '@nestjs/common';
import { collectDefaultMetrics, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import { Metrics } from '../../infrastructure/telemetry/metrics.js';

/** The metrics of this process, as Prometheus reads them and as a flat map. */
@Injectable()
export class MetricsService implements OnModuleInit {
  constructor(private readonly metrics: Metrics) {}

  onModuleInit(): void {
    // CPU, memory, garbage collection and the lag of the event loop.
    collectDefaultMetrics({ register: this.metrics.registry });
  }

  get contentType(): string {
    return this.metrics.registry.contentType;
  }

  /** Prometheus names its own formats first, and then anything. */
  prefersJson(accept = ''): boolean {
    return /\bapplication\/json\b/i.test(accept) && !/\btext\/plain\b|openmetrics/i.test(accept);
  }

  /** The text format 0.0.4 of Prometheus. */
  async text(): Promise<string> {
    return this.metrics.registry.metrics();
  }

  /**
   * One number a name, summed over labels: for people and small scripts. Of http_requests_total also one a status, as
   * http_<status>_total; http_request_duration_ms is the mean.
   */
  async flat(): Promise<Record<string, number>> {
    const all = await this.metrics.registry.getMetricsAsJSON();
    const numbers = all.flatMap((metric) => Object.entries(numbersOf(metric)));
    // A gauge that nothing was measured for yet is NaN, which JSON has no word for.
    return Object.fromEntries(numbers.filter(([, value]) => Number.isFinite(value)));
  }
}

type AnyMetric = MetricObjectWithValues<MetricValue<string>>;

function numbersOf(metric: AnyMetric): Record<string, number> {
  if (metric.name === 'http_requests_total') return { [metric.name]: sum(metric), ...byStatus(metric) };
  if (metric.name === 'http_request_duration_seconds')
    return { http_request_duration_ms: mean(metric) * 1_000 };
  // A histogram's or a summary's sum over its values would be a sum of buckets.
  return String(metric.type) === 'histogram' || String(metric.type) === 'summary'
    ? {}
    : { [metric.name]: sum(metric) };
}

function sum({ values }: AnyMetric, fits: (value: MetricValue<string>) => boolean = () => true): number {
  return values.filter(fits).reduce((total, { value }) => total + value, 0);
}

function byStatus(metric: AnyMetric): Record<string, number> {
  const statuses = [...new Set(metric.values.map(({ labels }) => String(labels['status'])))].toSorted();
  return Object.fromEntries(
    statuses.map((status) => [
      `http_${status}_total`,
      sum(metric, ({ labels }) => String(labels['status']) === status),
    ]),
  );
}

function mean(metric: AnyMetric): number {
  const named = (suffix: string) => (value: MetricValue<string> & { metricName?: string }) =>
    value.metricName === `${metric.name}_${suffix}`;
  const count = sum(metric, named('count'));
  return count === 0 ? 0 : sum(metric, named('sum')) / count;
}
