import { Injectable } from '@nestjs/common';
import { Metrics } from '../../infrastructure/telemetry/metrics.js';

export const limitNames = ['anonymous', 'principal', 'auth-failures', 'mail'] as const;
export type LimitName = (typeof limitNames)[number];

/** How often each limit has refused since this process began. */
@Injectable()
export class LimitRefusals {
  private readonly total;

  constructor(metrics: Metrics) {
    this.total = metrics.counter({
      name: 'rate_limit_refusals_total',
      help: 'Requests, tries and mails that were over a limit.',
      labels: ['limit'],
    });
    // One that has refused nothing is there with 0: an alert on what is absent never fires.
    for (const limit of limitNames) this.total.inc({ limit }, 0);
  }

  count(limit: LimitName): void {
    this.total.inc({ limit });
  }
}
