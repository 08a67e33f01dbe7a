import { Injectable } from '@nestjs/common';
import { Metrics } from '../../infrastructure/telemetry/metrics.js';

/** Seconds. A mail takes some 10 ms, an import minutes. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600] as const;

interface Kind {
  readonly queue: string;
  readonly name: string;
}

interface Meters {
  readonly time: { observe(seconds: number): void };
  readonly failures: { inc(): void };
}

/** How long attempts take and how many fail, by queue and type. Jobs that are over for good, dead: dead_letters_total. */
@Injectable()
export class JobOutcomes {
  /** The library finds a metric by its labels anew each time, for longer than it counts. */
  private readonly known = new Map<string, Meters>();
  private readonly duration;
  private readonly failed;

  constructor(metrics: Metrics) {
    this.duration = metrics.histogram(
      {
        name: 'job_duration_seconds',
        help: 'Seconds that an attempt to run a job took, whether it succeeded or failed, by queue and type.',
        labels: ['queue', 'name'],
      },
      buckets,
    );
    this.failed = metrics.counter({
      name: 'job_attempts_failed_total',
      help: 'Attempts to run a job that failed, those that are tried again included, by queue and type.',
      labels: ['queue', 'name'],
    });
  }

  /** `milliseconds` of an attempt that succeeded. */
  done(kind: Kind, milliseconds: number): void {
    this.metersOf(kind).time.observe(milliseconds / 1_000);
  }

  /** `milliseconds` of an attempt that failed. */
  failure(kind: Kind, milliseconds: number): void {
    const { time, failures } = this.metersOf(kind);
    time.observe(milliseconds / 1_000);
    failures.inc();
  }

  private metersOf({ queue, name }: Kind): Meters {
    let meters = this.known.get(name);
    if (meters === undefined) {
      meters = {
        time: this.duration.labels({ queue, name }),
        failures: this.failed.labels({ queue, name }),
      };
      this.known.set(name, meters);
    }
    return meters;
  }
}
