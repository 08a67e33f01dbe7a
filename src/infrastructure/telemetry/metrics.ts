import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

interface About<Label extends string> {
  /** In Prometheus' spelling: what is counted, its unit, `_total` for counters. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

/** The metrics of one process, in a registry of its own: two applications in one process do not mix. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  counter<Label extends string = never>({ name, help, labels = [] }: About<Label>): Counter<Label> {
    return new Counter({ name, help, labelNames: labels, registers: [this.registry] });
  }

  histogram<Label extends string = never>(
    { name, help, labels = [] }: About<Label>,
    /** Upper bounds, in the metric's unit. */
    buckets: readonly number[],
  ): Histogram<Label> {
    return new Histogram({
      name,
      help,
      labelNames: labels,
      buckets: [...buckets],
      registers: [this.registry],
    });
  }

  /** `collect` is called for each scrape and sets the gauge; what it throws leaves the gauge as it was. */
  gauge<Label extends string = never>(
    { name, help, labels = [] }: About<Label>,
    collect?: (gauge: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label> {
    return new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [this.registry],
      ...(collect !== undefined && {
        async collect(this: Gauge<Label>) {
          await Promise.resolve(collect(this)).catch(() => undefined);
        },
      }),
    });
  }
}
