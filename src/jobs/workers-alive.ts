import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { jobsConfig } from '../config/jobs.config.js';
import { OptionalRedis } from '../infrastructure/redis/optional-redis.js';

/** Milliseconds after which a worker that said nothing no longer counts. */
const silence = 15_000;

// By the clock of Redis, so that those of the processes need not agree.
const now = `local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)`;
const sayScript = `${now}
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const countScript = `${now}
return redis.call('ZCOUNT', KEYS[1], now - ARGV[1], '+inf')`;

/** Which worker processes live: each says so now and then, in one sorted set of Redis. */
@Injectable()
export class WorkersAlive {
  private readonly key: string;

  constructor(
    private readonly redis: OptionalRedis,
    @Inject(jobsConfig.KEY) config: ConfigType<typeof jobsConfig>,
  ) {
    this.key = `${config.queuePrefix}:workers`;
  }

  async say(worker: string): Promise<void> {
    await this.redis.run((redis) => redis.eval(sayScript, 1, this.key, worker, silence));
  }

  async leave(worker: string): Promise<void> {
    await this.redis.run((redis) => redis.zrem(this.key, worker));
  }

  /** How many workers have lately said that they live. @throws Error when Redis cannot be asked. */
  async count(): Promise<number> {
    const count: unknown = await this.redis.run((redis) => redis.eval(countScript, 1, this.key, silence));
    if (typeof count !== 'number') throw new Error('Redis does not tell which workers live');
    return count;
  }
}
