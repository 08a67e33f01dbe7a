import { Injectable } from '@nestjs/common';
import { QueueRedis } from '../infrastructure/redis/queue-redis.js';

/** What a probe wants to know of the queues. */
@Injectable()
export class QueueStatus {
  constructor(private readonly redis: QueueRedis) {}

  /** @throws Error when BullMQ's Redis does not answer. */
  async ping(): Promise<void> {
    await this.redis.producer.ping();
  }
}
