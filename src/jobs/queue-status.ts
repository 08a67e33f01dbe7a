import { Injectable } from '@nestjs/common';
import { QueueRedis } from '../infrastructure/redis/queue-redis.js';
import { JobsRepository } from './jobs.repository.js';

/** Counting stops here: a probe wants to know that it is a lot, not how much exactly. */
const countedAtMost = 10_000;

export interface QueueDepth {
  /** Accepted, not yet with BullMQ. */
  readonly pending: number;
  /** With BullMQ and not over. */
  readonly published: number;
}

/** What a probe wants to know of the queues. */
@Injectable()
export class QueueStatus {
  constructor(
    private readonly redis: QueueRedis,
    private readonly jobs: JobsRepository,
  ) {}

  /** @throws Error when BullMQ's Redis does not answer. */
  async ping(): Promise<void> {
    await this.redis.producer.ping();
  }

  /** The open part of the ledger; each number is at most 10,000. @throws the driver's error. */
  async depth(): Promise<QueueDepth> {
    return {
      pending: await this.jobs.count('pending', countedAtMost),
      published: await this.jobs.count('published', countedAtMost),
    };
  }
}
