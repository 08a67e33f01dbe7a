import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { ConsumerRedis } from './consumer-redis.js';
import { RedisConnections } from './redis-connections.js';

/** How long a command to the queues may take before its caller goes on and tries again later, in milliseconds. */
const commandTimeout = 5_000;

/**
 * The connections of BullMQ, apart from those of optional calls: what publishes fails at once while Redis is away,
 * what waits for work waits for Redis too.
 */
@Injectable()
export class QueueRedis {
  /** Shared by everything in this process that adds to a queue or looks into one. */
  readonly producer: Redis;

  constructor(private readonly connections: RedisConnections) {
    this.producer = connections.open('queues', {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout,
    });
  }

  /** For the workers of this process; each of them makes a blocking copy of its own. */
  openConsumer(): ConsumerRedis {
    return this.connections.openConsumer('workers', { maxRetriesPerRequest: null });
  }
}
