import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { BackgroundService } from '../../common/background-service.js';
import { Clock } from '../../common/clock.js';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { QueueRedis } from '../../infrastructure/redis/queue-redis.js';
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
export class Relay extends BackgroundService {
  private offered: PublishableJob[] = [];
  private sweptAt = 0;
  /** The last publication failed. What is sent to a frozen server stays in memory until it goes on: a word comes first. */
  private isStuck = false;

  constructor(
    private readonly jobs: JobsRepository,
    private readonly publisher: Publisher,
    private readonly queues: Queues,
    private readonly redis: QueueRedis,
    private readonly database: DatabaseConnection,
    private readonly clock: Clock,
  ) {
    super({
      pause: sweepInterval,
      failing: 'jobs wait in the ledger: they cannot be published now',
      healed: 'jobs are published again',
    });
  }

  /** Takes a committed job for publishing. Returns at once. */
  offer(job: PublishableJob): void {
    if (!this.isStuck && this.offered.length < longestOffer) this.offered.push(job);
    this.loop.wake();
  }

  /** Publishes what is still offered, unless Redis is away: it is in the ledger. */
  protected override async lastWords(): Promise<void> {
    if (this.isReachable) await this.publishOffered();
  }

  /** What was not marked as published is pending still, and found by the next sweep. */
  protected override async round(): Promise<void> {
    if (!this.isReachable) {
      this.offered = [];
      return;
    }
    await this.publishOffered();
    if (performance.now() - this.sweptAt < sweepInterval) return;
    await this.sweep();
    this.sweptAt = performance.now();
  }

  private get isReachable(): boolean {
    return this.redis.producer.status === 'ready';
  }

  private async publishOffered(): Promise<void> {
    while (this.offered.length > 0) {
      await this.publish(this.offered.splice(0, batch));
      if (!this.loop.isStopping) await sleep(gathering);
    }
  }

  private async sweep(): Promise<void> {
    if (!this.database.isPrepared) return;
    for (let found = batch; found === batch && !this.loop.isStopping;) {
      const before = new Date(this.clock.now().getTime() - overdueAfter);
      const overdue = await this.jobs.findOverdue(this.queues.names, before, batch);
      found = overdue.length;
      if (found > 0) await this.publish(overdue);
    }
  }

  private async publish(rows: readonly PublishableJob[]): Promise<void> {
    try {
      if (this.isStuck) await this.redis.producer.ping();
      await this.publisher.publish(rows);
      this.isStuck = false;
    } catch (error) {
      this.isStuck = true;
      this.offered = [];
      throw error;
    }
  }
}
