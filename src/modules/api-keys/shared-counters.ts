import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { jobsConfig } from '../../config/jobs.config.js';
import { OptionalRedis } from '../../infrastructure/redis/optional-redis.js';
import { RedisScript } from '../rate-limits/redis-script.js';

/** Counts one more when there is room for it. {-1}: there is no counter. {0}: no room. {n}: now n. */
const takeScript = new RedisScript(`
local used = redis.call('GET', KEYS[1])
if not used then return {-1} end
if tonumber(used) >= tonumber(ARGV[1]) then return {0} end
return {redis.call('INCR', KEYS[1])}
`);

/** Lifts a counter that lags behind the sum in the database; one that is gone stays gone. */
const raiseScript = new RedisScript(`
local used = redis.call('GET', KEYS[1])
if used and tonumber(used) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'KEEPTTL') end
return {1}
`);

export type Taken = 'taken' | 'exceeded' | 'unknown' | 'away';

/** The counters of the quotas in Redis, where all processes count together. */
@Injectable()
export class SharedCounters {
  private readonly prefix: string;

  constructor(
    private readonly redis: OptionalRedis,
    @Inject(jobsConfig.KEY) { queuePrefix }: ConfigType<typeof jobsConfig>,
  ) {
    this.prefix = `${queuePrefix}:quota:`;
  }

  /** 'unknown': Redis has no such counter (any more). 'away': Redis could not be asked. `used`: after it was taken. */
  async take(name: string, limit: number): Promise<{ taken: Taken; used: number }> {
    const answer = await this.redis.run((redis) => takeScript.run(redis, [this.prefix + name], [limit]));
    const used = answer?.[0];
    if (used === undefined) return { taken: 'away', used: 0 };
    if (used < 0) return { taken: 'unknown', used: 0 };
    return { taken: used === 0 ? 'exceeded' : 'taken', used };
  }

  /** Gives a counter its first value, unless somebody else has done so. */
  async seed(name: string, used: number, expireAt: Date): Promise<void> {
    await this.redis.run((redis) =>
      redis.set(this.prefix + name, used, 'PXAT', expireAt.getTime(), 'NX').then(() => true),
    );
  }

  async raise(name: string, used: number): Promise<void> {
    await this.redis.run((redis) => raiseScript.run(redis, [this.prefix + name], [used]));
  }
}
