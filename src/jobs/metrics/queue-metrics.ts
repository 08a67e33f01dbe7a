import { Injectable } from '@nestjs/common';
import { QueueRedis } from '../../infrastructure/redis/queue-redis.js';
import { Metrics } from '../../infrastructure/telemetry/metrics.js';
import { JobCatalogue } from '../catalogue/catalogue.js';
import { Queues } from '../queues.js';
import { RecentValue } from './recent-value.js';

const states = ['active', 'delayed', 'failed', 'prioritized', 'waiting'] as const;
/** Milliseconds. */
const goodFor = 10_000;
const timeLimit = 1_000;

interface QueueFigures {
  readonly queue: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** What BullMQ has of each queue. While Redis does not tell, nothing is said. */
@Injectable()
export class QueueMetrics {
  constructor(
    metrics: Metrics,
    private readonly catalogue: JobCatalogue,
    private readonly queues: Queues,
    private readonly redis: QueueRedis,
  ) {
    const figures = new RecentValue(() => this.read(), goodFor, timeLimit);
    metrics.gauge(
      {
        name: 'queue_jobs',
        help: "Jobs in Redis, by queue and BullMQ's own state: prioritized and waiting wait for a worker, delayed for their time.",
        labels: ['queue', 'state'],
      },
      async (gauge) => {
        const known = (await figures.get()) ?? [];
        gauge.reset();
        for (const { queue, counts } of known) {
          for (const state of states) gauge.set({ queue, state }, counts[state] ?? 0);
        }
      },
    );
  }

  private async read(): Promise<QueueFigures[]> {
    if (this.redis.producer.status !== 'ready') throw new Error('Redis is away');
    return Promise.all(
      this.catalogue.queues.map(async (queue) => ({
        queue,
        counts: await this.queues.get(queue).getJobCounts(...states),
      })),
    );
  }
}
