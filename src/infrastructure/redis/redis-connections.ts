import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Redis, type RedisOptions } from 'ioredis';
import { redisConfig } from '../../config/redis.config.js';
import { ConsumerRedis } from './consumer-redis.js';

/** The way in which values are read is left to ioredis. */
type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

const longestReconnectPause = 2_000;

/**
 * Opens this process's connections to Redis, each for one purpose. They connect in the background and come back by
 * themselves; a server that is away is told once, and once more when it is back.
 */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnections.name);
  private readonly connections: Redis[] = [];

  constructor(
    @Inject(redisConfig.KEY) private readonly config: Pick<ConfigType<typeof redisConfig>, 'url'>,
  ) {}

  open(purpose: string, options: ConnectionOptions): Redis {
    return this.adopt(purpose, new Redis(this.config.url, { ...this.defaults(purpose), ...options }));
  }

  /** One that workers wait on, with the copies that they make of it. */
  openConsumer(purpose: string, options: ConnectionOptions): ConsumerRedis {
    return this.adopt(purpose, new ConsumerRedis(this.config.url, { ...this.defaults(purpose), ...options }));
  }

  /** After every module's beforeApplicationShutdown, where those that use a connection finish with it. */
  onApplicationShutdown(): void {
    for (const redis of this.connections) redis.disconnect();
  }

  private defaults(purpose: string): ConnectionOptions {
    return {
      connectionName: `nexus:${purpose}`,
      retryStrategy: (attempt) => Math.min(attempt * 100, longestReconnectPause),
    };
  }

  private adopt<Connection extends Redis>(purpose: string, redis: Connection): Connection {
    this.tellChanges(purpose, redis);
    this.connections.push(redis);
    return redis;
  }

  private tellChanges(purpose: string, redis: Redis): void {
    let away = false;
    // Without a listener each failed attempt to connect would be an unhandled error event.
    redis.on('error', (error: Error) => {
      if (away) return;
      away = true;
      this.logger.warn({ err: error, purpose }, 'Redis is away');
    });
    redis.on('ready', () => {
      if (away) this.logger.log({ purpose }, 'Redis is back');
      away = false;
    });
  }
}
