import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { asJson } from '../../src/infrastructure/cache/cached-thing.js';
import { CacheCounters } from '../../src/infrastructure/cache/cache-counters.js';
import { KeyedCache } from '../../src/infrastructure/cache/keyed-cache.js';
import { SharedStore } from '../../src/infrastructure/cache/shared-store.js';
import { Breaker } from '../../src/infrastructure/redis/breaker.js';
import { Metrics } from '../../src/infrastructure/telemetry/metrics.js';

const queuePrefix = `{test-${randomBytes(6).toString('hex')}}`;
const prefix = `${queuePrefix}:cache:`;
const minute = 60_000;

describe('what the processes share, in a Redis that holds other things as well', () => {
  let redis: Redis;
  let store: SharedStore;

  beforeAll(async () => {
    const url = inject('redisUrl');
    redis = new Redis(url);
    const config = { url, cacheUrl: url, commandTimeout: 5_000 };
    // Of the other Redis, which this one does without.
    const breaker = new Breaker({
      timeLimit: 0,
      isRefusal: () => false,
      warn: () => undefined,
      healed: () => undefined,
    });
    store = new SharedStore({ client: redis, breaker }, config, { queuePrefix });
    store.onApplicationBootstrap();
    await vi.waitFor(async () => {
      await store.set('probe', 1, minute);
      if ((await store.get('probe')) !== 1) throw new Error('not connected yet');
    }, 10_000);
  });
  afterAll(async () => {
    await store?.onApplicationShutdown();
    const left = await redis.keys(`${queuePrefix}*`);
    if (left.length > 0) await redis.del(left);
    redis.disconnect();
  });

  const keptIn = async (thing: { name: string; ttl?: number }, value: unknown): Promise<number> => {
    const declared = { ...thing, codec: asJson<unknown>() };
    const counters = new CacheCounters(new Metrics());
    const cache = new KeyedCache(declared, store, { mayRemember: () => true }, counters);
    await cache.wrap('a', async () => value);
    const key = `${prefix}${thing.name}:a`;
    await expect.poll(() => redis.pttl(key)).toBeGreaterThan(0);
    return redis.pttl(key);
  };

  it('keeps everything for a time: what its declaration says, an hour when it says nothing, never longer', async () => {
    const seconds = await keptIn({ name: 'five-minutes', ttl: 300 }, 'value');
    expect(seconds).toBeGreaterThan(240_000);
    expect(seconds).toBeLessThanOrEqual(300_000);
    const hour = await keptIn({ name: 'unsaid' }, null);
    expect(hour).toBeGreaterThan(3_500_000);
    expect(hour).toBeLessThanOrEqual(3_600_000);
    await expect(keptIn({ name: 'longer', ttl: 3_601 }, 'value')).rejects.toThrow('3600 s');
  });

  it('deletes by pattern in steps, under its own prefix alone: no KEYS, and nothing is flushed', async () => {
    const foreign = [`${queuePrefix}:jobs:1`, `${prefix}other:1`, `x${prefix}jobs:1`];
    for (const key of foreign) await redis.set(key, 'mine', 'PX', minute);
    for (let number = 0; number < 1_200; number++) await store.set(`jobs:${number}`, number, minute);

    const seen: string[] = [];
    const monitor = await redis.monitor();
    monitor.on('monitor', (_time: string, command: string[]) => {
      // A pattern has the prefix with its special characters escaped.
      const text = command.join(' ').replaceAll('\\', '');
      if (text.includes(prefix)) seen.push(String(command[0]).toLowerCase());
    });
    await store.deleteMatching('jobs:*');
    await expect.poll(() => seen.filter((name) => name === 'unlink').length).toBeGreaterThan(0);
    monitor.disconnect();

    expect([...new Set(seen)].toSorted()).toEqual(['scan', 'unlink']);
    // SCAN goes through the whole server in steps of 500.
    expect(seen.filter((name) => name === 'scan').length).toBeGreaterThan(1);
    expect(await redis.keys(`${prefix}jobs:*`)).toEqual([]);
    for (const key of foreign) {
      expect(await redis.get(key), key).toBe('mine');
      await redis.del(key);
    }
  });
});
