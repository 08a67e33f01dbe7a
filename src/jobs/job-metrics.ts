import { Injectable } from '@nestjs/common';
import { Metrics } from '../infrastructure/telemetry/metrics.js';
import { JobsRepository } from './jobs.repository.js';
import { QueueStatus } from './queue-status.js';

/** How much waits in the ledger, and for how long; asked of the database at each scrape. */
@Injectable()
export class JobMetrics {
  constructor(metrics: Metrics, status: QueueStatus, jobs: JobsRepository) {
    metrics.gauge(
      {
        name: 'jobs_open',
        help: 'Jobs that are not over, by state of the ledger; counting stops at 10,000.',
        labels: ['state'],
      },
      async (gauge) => {
        const { pending, published } = await status.depth();
        gauge.set({ state: 'pending' }, pending);
        gauge.set({ state: 'published' }, published);
      },
    );
    metrics.gauge(
      {
        name: 'jobs_oldest_pending_seconds',
        help: 'For how long the oldest job that Redis does not have has waited for it; 0 when none waits.',
      },
      async (gauge) => {
        const since = await jobs.oldestPending();
        gauge.set(since === undefined ? 0 : Math.max(0, (Date.now() - since.getTime()) / 1_000));
      },
    );
  }
}
