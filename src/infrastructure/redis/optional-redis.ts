import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ReplyError, type Redis } from 'ioredis';
import { redisConfig } from '../../config/redis.config.js';
import { Breaker } from './breaker.js';
import { RedisConnections } from './redis-connections.js';

/** Calls to Redis that may fail without harm: one breaker for all of them, so that a request waits once at most. */
@Injectable()
export class OptionalRedis {
  private readonly logger = new Logger(OptionalRedis.name);
  /** For what needs the client itself (subscriptions, readers of queues); its commands go through `run`. */
  readonly client: Redis;
  /** For calls to the same server over another client. */
  readonly breaker: Breaker;

  constructor(
    connections: RedisConnections,
    @Inject(redisConfig.KEY) { commandTimeout }: Pick<ConfigType<typeof redisConfig>, 'commandTimeout'>,
  ) {
    // The time limit is that of `run`, around the whole call: on the connection it would also cut the handshake short
    // while this process is busy starting.
    this.client = connections.open('optional', { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
    this.breaker = new Breaker({
      timeLimit: commandTimeout,
      isRefusal: (error) => error instanceof ReplyError,
      warn: (error, message) => this.logger.warn({ err: error }, message),
      healed: () => this.logger.log('Redis answers again'),
    });
  }

  /** The command's value; undefined when Redis could not be asked, or refused. Never throws, never waits for long. */
  async run<Value>(command: (redis: Redis) => Promise<Value>): Promise<Value | undefined> {
    if (this.client.status !== 'ready') return undefined;
    return this.breaker.run(() => command(this.client));
  }
}
