import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StartedApi } from './support/ground.js';
import { Ground, range, until } from './support/ground.js';
import { OwnService } from './support/own-services.js';
import { enqueue, enqueueAll, numbersOf } from './support/producers.js';

const megabyte = 1_024 * 1_024;
const frozenFor = 30_000;

let redis: OwnService;
let ground: Ground;
let api: StartedApi;

beforeAll(async () => {
  redis = await OwnService.redis();
  ground = await Ground.over({ redis: redis.uri });
  api = await ground.api();
  await ground.worker();
});
afterAll(async () => {
  await ground?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

/** Bytes of memory that the process holds (Linux). */
function residentMemory(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/** Milliseconds until the whole answer of a request that has nothing to do with jobs. */
async function timeOf(path: string): Promise<number> {
  const start = performance.now();
  expect((await api.admin.get(path)).status).toBe(200);
  return performance.now() - start;
}

/** @returns how many keys the server has then. */
async function configure(name: string, value: string): Promise<number> {
  const client = new Redis(redis.uri);
  await client.config('SET', name, value);
  const keys = await client.dbsize();
  client.disconnect();
  return keys;
}

it('Redis is frozen for 30 s: no request waits over 1 s, memory stays, and everything runs once', async () => {
  // What a process takes when it first works is not what a frozen Redis costs: as much of the same as follows.
  const warm = numbersOf(
    await enqueueAll(
      api.admin,
      range(1_000).map((number) => ({ number })),
    ),
  );
  for (let round = 0; round < 400; round += 1) {
    await timeOf('/api/users/me');
    await timeOf('/api/queues');
  }
  await ground.settle('warm', warm);
  const before = residentMemory(api.program.pid);

  redis.signal('SIGSTOP');
  const end = Date.now() + frozenFor;
  const times: number[] = [];
  const accepted = [...warm];
  let highest = before;
  for (let number = 10_000; Date.now() < end; number += 4) {
    const jobs = await enqueueAll(
      api.admin,
      range(4, number).map((each) => ({ number: each })),
      4,
    );
    accepted.push(...numbersOf(jobs));
    times.push(...jobs.map(({ took }) => took), await timeOf('/api/users/me'), await timeOf('/api/queues'));
    highest = Math.max(highest, residentMemory(api.program.pid));
    await sleep(40);
  }
  redis.signal('SIGCONT');
  const growth = Math.round((highest - before) / megabyte);
  const slowest = Math.round(Math.max(...times));
  const tally = await ground.settle('Redis frozen for 30 s', accepted, 60_000, {
    requests: times.length,
    slowestMs: slowest,
    growthMb: growth,
  });
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
  expect(times.length).toBeGreaterThan(200);
  expect(slowest).toBeLessThan(1_000);
  expect(growth).toBeLessThan(50);
});

it('Redis is full: jobs are accepted all the same, and run when it has room', async () => {
  await configure('maxmemory', '1');
  const accepted = numbersOf(
    await enqueueAll(
      api.admin,
      range(200, 100_000).map((number) => ({ number })),
    ),
  );
  expect(accepted).toHaveLength(200);
  await sleep(3_000);
  const meanwhile = await ground.jobs('pending');
  await configure('maxmemory', '0');
  const tally = await ground.settle('Redis full', accepted, 60_000, { waitedInTheLedger: meanwhile });
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
  expect(meanwhile).toBe(200);
});

it('Redis evicts: readiness says so, and what was evicted runs all the same', async () => {
  await configure('maxmemory-policy', 'allkeys-lru');
  const ready = await api.admin.get('/health/ready');
  expect(ready.status).toBe(200);
  expect(ready.body).toMatchObject({
    status: 'degraded',
    details: { redis: { status: 'degraded', maxmemoryPolicy: 'allkeys-lru' } },
  });
  const delayed = range(50, 200_000);
  for (const number of delayed) await enqueue(api.admin, { number }, { delay: 3_000 });
  await until('all are in Redis', async () => (await ground.jobs('published')) === delayed.length);
  await configure('maxmemory', '1');
  await sleep(500);
  // The server drops keys when it is asked to write, not when it is told its limit.
  await until(
    'the jobs are evicted',
    async () => (await configure('maxmemory', '1')) < delayed.length,
    5_000,
  );
  await configure('maxmemory', '0');
  await configure('maxmemory-policy', 'noeviction');
  const tally = await ground.settle('Redis evicted what it held', delayed, 60_000);
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
  const healed = await api.admin.get('/health/ready');
  expect(healed.body).toMatchObject({ details: { redis: { status: 'up' } } });
});
