import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { jobsConfig } from '../../config/jobs.config.js';
import type { Rate } from '../../config/rate-limit.js';
import { OptionalRedis } from '../../infrastructure/redis/optional-redis.js';
import { RedisScript } from './redis-script.js';

/**
 * Takes from a window: at least one for each of those who wait, and a portion beyond that for those who come next.
 * The window begins with its first request. KEYS: the window. ARGV: its limit, its length in ms, how many wait, and how
 * many were let through without asking.
 * Returns how many were given, how many are left, and for how many ms the window lasts.
 */
const takeScript = new RedisScript(`
local limit, wanted, unasked = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
if unasked > 0 then redis.call('INCRBY', KEYS[1], unasked) end
local left = math.max(0, limit - tonumber(redis.call('GET', KEYS[1]) or '0'))
local portion = math.floor(math.min(limit / 300, left / 32))
local granted = math.min(left, math.max(wanted, portion))
if granted > 0 then redis.call('INCRBY', KEYS[1], granted) end
local lasts = redis.call('PTTL', KEYS[1])
if lasts < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  lasts = tonumber(ARGV[2])
end
return { granted, left - granted, lasts }
`);

/**
 * Spends one of each budget, or none of any. KEYS: the budgets. ARGV: the length of their windows in ms, their limits.
 * Returns how many ms it takes until those that are spent are all new; or 0, and how long each window lasts.
 */
const reserveScript = new RedisScript(`
local wait = 0
for index, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[index + 1]) then
    wait = math.max(wait, redis.call('PTTL', key), 1)
  end
end
if wait > 0 then return { wait } end
local answer = { 0 }
for index, key in ipairs(KEYS) do
  redis.call('INCR', key)
  if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, ARGV[1]) end
  answer[index + 1] = redis.call('PTTL', key)
end
return answer
`);

/** Gives back one to each budget that still knows of it. KEYS: the budgets. */
const refundScript = new RedisScript(`
for _, key in ipairs(KEYS) do
  local spent = tonumber(redis.call('GET', key) or '0')
  if spent > 1 then redis.call('DECR', key) elseif spent == 1 then redis.call('DEL', key) end
end
return {}
`);

export interface Portion {
  readonly granted: number;
  /** What is left for everybody after this portion. */
  readonly left: number;
  /** Milliseconds until the window ends. */
  readonly lasts: number;
}

export interface Budget {
  readonly key: string;
  readonly limit: number;
}

export interface Spending {
  /** 0 when one of each budget was spent, else the milliseconds to wait. */
  readonly wait: number;
  /** How long each budget's window lasts, in milliseconds; empty when nothing was spent. */
  readonly lasts: readonly number[];
}

/** The windows that all processes share, in Redis. Each answer is undefined when Redis could not be asked. */
@Injectable()
export class SharedWindows {
  private readonly prefix: string;

  constructor(
    private readonly redis: OptionalRedis,
    @Inject(jobsConfig.KEY) config: ConfigType<typeof jobsConfig>,
  ) {
    this.prefix = `${config.queuePrefix}:limit:`;
  }

  /** `unasked`: how many this process let through in the window while Redis was away. */
  async take(
    key: string,
    { limit, window }: Rate,
    { waiting, unasked }: { waiting: number; unasked: number },
  ): Promise<Portion | undefined> {
    const values = [limit, window, waiting, unasked];
    const answer = await this.redis.run((redis) => takeScript.run(redis, [this.prefix + key], values));
    if (answer === undefined) return undefined;
    const [granted = 0, left = 0, lasts = 0] = answer;
    return { granted, left, lasts };
  }

  async reserve(budgets: readonly Budget[], window: number): Promise<Spending | undefined> {
    const values = [window, ...budgets.map(({ limit }) => limit)];
    const answer = await this.redis.run((redis) => reserveScript.run(redis, this.keysOf(budgets), values));
    if (answer === undefined) return undefined;
    const [wait = 0, ...lasts] = answer;
    return { wait, lasts };
  }

  async refund(budgets: readonly Budget[]): Promise<void> {
    await this.redis.run((redis) => refundScript.run(redis, this.keysOf(budgets), []));
  }

  private keysOf(budgets: readonly Budget[]): string[] {
    return budgets.map(({ key }) => this.prefix + key);
  }
}
