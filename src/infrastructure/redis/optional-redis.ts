import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ReplyError, type Redis } from 'ioredis';
import { redisConfig } from '../../config/redis.config.js';
import { RedisConnections } from './redis-connections.js';

/** How long nothing is asked after a call that found Redis away, in milliseconds. */
const pauseAfterFailure = 1_000;

/**
 * Calls to Redis that may fail without harm: one breaker for all of them. While Redis is away or frozen a caller
 * waits for `commandTimeout` at most, and only one of them a second does.
 */
@Injectable()
export class OptionalRedis {
  private readonly logger = new Logger(OptionalRedis.name);
  /** For what needs the client itself (subscriptions, readers of queues); its commands go through `run`. */
  readonly client: Redis;
  private closedUntil = 0;
  private failing = false;
  private probing = false;
  private lastRefusal: string | undefined;

  constructor(
    connections: RedisConnections,
    @Inject(redisConfig.KEY) private readonly config: ConfigType<typeof redisConfig>,
  ) {
    // The time limit is that of `run`, around the whole call: on the connection it would also cut the handshake short
    // while this process is busy starting.
    this.client = connections.open('optional', { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  }

  /** The command's value; undefined when Redis could not be asked, or refused. Never throws, never waits for long. */
  async run<Value>(command: (redis: Redis) => Promise<Value>): Promise<Value | undefined> {
    if (this.client.status !== 'ready' || performance.now() < this.closedUntil || this.probing) {
      return undefined;
    }
    // After a failure one caller finds out for all others whether Redis is back.
    const isProbe = this.failing;
    if (isProbe) this.probing = true;
    try {
      const value = await this.inTime(command(this.client));
      this.succeeded();
      return value;
    } catch (error) {
      if (error instanceof Error && error instanceof ReplyError) this.refused(error);
      else this.failed(error);
      return undefined;
    } finally {
      if (isProbe) this.probing = false;
    }
  }

  private async inTime<Value>(answer: Promise<Value>): Promise<Value> {
    const { commandTimeout } = this.config;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${commandTimeout} ms`)), commandTimeout);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private succeeded(): void {
    if (this.failing) this.logger.log('Redis answers again');
    this.failing = false;
    this.lastRefusal = undefined;
  }

  /** Redis is there, and says no: the call goes without, the next one is not held back. */
  private refused(error: Error): void {
    this.failing = false;
    if (this.lastRefusal === error.message) return;
    this.lastRefusal = error.message;
    this.logger.warn({ err: error }, 'Redis refused an optional command');
  }

  private failed(error: unknown): void {
    this.closedUntil = performance.now() + pauseAfterFailure;
    if (!this.failing) this.logger.warn({ err: error }, 'going on without Redis');
    this.failing = true;
  }
}
