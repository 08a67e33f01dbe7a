import { setTimeout as sleep } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { QueueRedis } from '../../infrastructure/redis/queue-redis.js';
import { BackgroundLoop } from '../background-loop.js';
import { JobsRepository } from '../jobs.repository.js';
import { Queues } from '../queues.js';
import { Publisher, type PublishableJob } from './publisher.js';

/** Jobs that are handed over at once. */
const batch = 500;
/** What one process keeps in memory for publishing; the sweep finds the rest. */
const longestOffer = 10_000;
/** Milliseconds between two publications: under load one takes many jobs, and a lone job waits for nothing. */
const gathering = 25;
const sweepInterval = 1_000;
/** A job that has waited for so long (in milliseconds) was missed by the process that accepted it. */
const overdueAfter = 700;

/**
 * Publishes what was committed: at once what this process accepted, and by a sweep what any process left behind.
 * Runs in every API and worker; nobody waits for it.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Relay.name);
  private readonly loop = new BackgroundLoop(sweepInterval, () => this.round());
  private offered: PublishableJob[] = [];
  private sweptAt = 0;
  private stuck = false;

  constructor(
    private readonly jobs: JobsRepository,
    private readonly publisher: Publisher,
    private readonly queues: Queues,
    private readonly redis: QueueRedis,
    private readonly database: DatabaseConnection,
  ) {}

  /** Takes a committed job for publishing. Returns at once. */
  offer(job: PublishableJob): void {
    if (this.offered.length < longestOffer) this.offered.push(job);
    this.loop.wake();
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Publishes what is still offered, unless Redis is away: it is in the ledger. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.attempt(() => this.publishOffered());
  }

  private async round(): Promise<void> {
    await this.attempt(async () => {
      await this.publishOffered();
      if (performance.now() - this.sweptAt < sweepInterval) return;
      await this.sweep();
      this.sweptAt = performance.now();
    });
  }

  private async publishOffered(): Promise<void> {
    while (this.offered.length > 0) {
      await this.publisher.publish(this.offered.splice(0, batch));
      if (!this.loop.isStopping) await sleep(gathering);
    }
  }

  private async sweep(): Promise<void> {
    if (!this.database.isPrepared) return;
    for (let found = batch; found === batch && !this.loop.isStopping;) {
      const before = new Date(Date.now() - overdueAfter);
      const overdue = await this.jobs.findOverdue(this.queues.names, before, batch);
      found = overdue.length;
      if (found > 0) await this.publisher.publish(overdue);
    }
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.redis.producer.status !== 'ready') {
      this.offered = [];
      return;
    }
    try {
      await work();
      if (this.stuck) this.logger.log('jobs are published again');
      this.stuck = false;
    } catch (error) {
      // Told once; the rows are pending, so that the next sweep tries again.
      if (!this.stuck)
        this.logger.warn({ err: error }, 'jobs wait in the ledger: they cannot be published now');
      this.stuck = true;
    }
  }
}
