import { Logger } from '@nestjs/common';
import { beforeEach, beforeAll, describe, expect, it } from 'vitest';
import { Clock } from '../../common/clock.js';
import { apiKeyIds } from '../../common/ids.js';
import type { QuotaCountersRepository } from './quota-counters.repository.js';
import { Quotas } from './quotas.js';
import type { SharedCounters, Taken } from './shared-counters.js';

const quotaId = apiKeyIds.parse('665f1c2e9b1e8a001234567a');

/** A Redis that counts, may be away, and may lose everything. */
class TinyRedis implements Pick<SharedCounters, 'take' | 'seed' | 'raise'> {
  readonly counters = new Map<string, number>();
  away = false;

  async take(name: string, limit: number): Promise<{ taken: Taken; used: number }> {
    await Promise.resolve();
    if (this.away) return { taken: 'away', used: 0 };
    const used = this.counters.get(name);
    if (used === undefined) return { taken: 'unknown', used: 0 };
    if (used >= limit) return { taken: 'exceeded', used: 0 };
    this.counters.set(name, used + 1);
    return { taken: 'taken', used: used + 1 };
  }

  async seed(name: string, used: number): Promise<void> {
    await Promise.resolve();
    if (!this.away && !this.counters.has(name)) this.counters.set(name, used);
  }

  async raise(name: string, used: number): Promise<void> {
    await Promise.resolve();
    const known = this.counters.get(name);
    if (!this.away && known !== undefined) this.counters.set(name, Math.max(known, used));
  }
}

class TinyDatabase implements Pick<QuotaCountersRepository, 'used' | 'add'> {
  readonly sums = new Map<string, number>();
  away = false;

  async used(name: string): Promise<number> {
    await this.answer();
    return this.sums.get(name) ?? 0;
  }

  async add(name: string, requests: number): Promise<number> {
    await this.answer();
    const sum = (this.sums.get(name) ?? 0) + requests;
    this.sums.set(name, sum);
    return sum;
  }

  private async answer(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.away) throw new Error('the database is away');
  }
}

class MovableClock extends Clock {
  time = new Date('2026-03-31T12:00:00Z');
  override now(): Date {
    return this.time;
  }
}

// The failures of these databases are meant.
beforeAll(() => Logger.overrideLogger(false));

describe('Quotas', () => {
  let redis: TinyRedis;
  let database: TinyDatabase;
  let clock: MovableClock;
  let one: Quotas;
  let two: Quotas;

  beforeEach(() => {
    [redis, database, clock] = [new TinyRedis(), new TinyDatabase(), new MovableClock()];
    [one, two] = [new Quotas(redis, database, clock), new Quotas(redis, database, clock)];
  });

  /** How many of so many requests at once are let through, dealt out to the processes. */
  async function passing(count: number, limit: number, processes = [one, two]): Promise<number> {
    const answers = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        (processes[index % processes.length] ?? one).take({ limit, period: 'day', quotaId }),
      ),
    );
    return answers.filter((until) => until === undefined).length;
  }

  it('lets exactly so many through, in two processes at once', async () => {
    expect(await passing(100, 37)).toBe(37);
    expect(await passing(10, 37)).toBe(0);
    // More is more at once; less is none.
    expect(await passing(10, 40)).toBe(3);
    expect(await passing(10, 20)).toBe(0);
  });

  it('begins anew with each period, and says when', async () => {
    expect(await passing(3, 2)).toBe(2);
    const until = await one.take({ limit: 2, period: 'day', quotaId });
    expect(until).toEqual(new Date('2026-04-01T00:00:00Z'));
    expect(await one.take({ limit: 1, period: 'month', quotaId })).toBeUndefined();
    clock.time = new Date('2026-04-01T00:00:00Z');
    expect(await passing(3, 2)).toBe(2);
    expect(await one.take({ limit: 1, period: 'month', quotaId })).toBeUndefined();
  });

  it('goes on from what it wrote, and what it has not written yet, when Redis loses its counters', async () => {
    expect(await passing(20, 50, [one])).toBe(20);
    await one.write();
    expect(await passing(10, 50, [one])).toBe(10);
    redis.counters.clear();
    expect(await passing(100, 50, [one])).toBe(20);
  });

  it('lifts a new counter to what other processes had not written yet', async () => {
    expect(await passing(40, 50)).toBe(40);
    redis.counters.clear();
    // Process one knows of its own 20 only, until the other one writes.
    expect(await passing(1, 50, [one])).toBe(1);
    await Promise.all([one.write(), two.write()]);
    expect(await passing(100, 50, [one])).toBe(9);
  });

  it('goes by itself while Redis is away, and tells the others when it is back', async () => {
    expect(await passing(10, 50)).toBe(10);
    await Promise.all([one.write(), two.write()]);
    redis.away = true;
    expect(await passing(20, 50, [one])).toBe(20);
    await one.write();
    clock.time = new Date(clock.time.getTime() + 5_000);
    expect(await passing(100, 50, [two])).toBe(20);
    await two.write();
    expect(await passing(100, 50)).toBe(0);
    redis.away = false;
    await Promise.all([one.write(), two.write()]);
    expect(await passing(1, 51, [one])).toBe(1);
    await one.write();
    expect(await passing(100, 51)).toBe(0);
  });

  it('loses no count when the database is away, and lets nobody through unseen', async () => {
    expect(await passing(10, 50, [one])).toBe(10);
    database.away = true;
    await one.write();
    redis.counters.clear();
    await expect(one.take({ limit: 50, period: 'day', quotaId })).rejects.toThrow('the database is away');
    database.away = false;
    expect(await passing(100, 50, [one])).toBe(40);
  });

  it('writes what is left when its process ends', async () => {
    await passing(7, 50, [one]);
    await one.beforeApplicationShutdown();
    expect([...database.sums]).toEqual([[`${quotaId}:2026-03-31`, 7]]);
  });
});
