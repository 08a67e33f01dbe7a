import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Program } from '../support/program.js';
import type { StartedApi } from './support/ground.js';
import { Ground, range, until } from './support/ground.js';
import { OwnService } from './support/own-services.js';
import { enqueue, enqueueAll, numbersOf } from './support/producers.js';

const megabyte = 1_024 * 1_024;
const frozenFor = 30_000;

let redis: OwnService;
let ground: Ground;
let api: StartedApi;
let worker: Program;

beforeAll(async () => {
  redis = await OwnService.redis();
  ground = await Ground.over({ redis: redis.uri });
  api = await ground.api();
  worker = await ground.worker();
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

interface Load {
  readonly asked: number;
  readonly accepted: readonly number[];
  /** Milliseconds that each request took. */
  readonly times: readonly number[];
  /** Bytes, of the API and of the worker. */
  readonly memory: readonly number[];
}

/** Jobs and reads for so many milliseconds; the jobs are numbered from `first`. */
async function load(span: number, first: number): Promise<Load> {
  const end = Date.now() + span;
  const accepted: number[] = [];
  const times: number[] = [];
  let asked = 0;
  let memory = [0, 0];
  while (Date.now() < end) {
    const wanted = range(4, first + asked).map((number) => ({ number }));
    asked += wanted.length;
    const jobs = await enqueueAll(api.admin, wanted, 4);
    accepted.push(...numbersOf(jobs));
    times.push(...jobs.map(({ took }) => took), await timeOf('/api/users/me'), await timeOf('/api/queues'));
    const now = [api.program, worker].map(({ pid }) => residentMemory(pid));
    memory = memory.map((most, index) => Math.max(most, now[index] ?? 0));
    await sleep(40);
  }
  return { asked, accepted, times, memory };
}

it('Redis is frozen for 30 s: no request waits over 1 s, memory stays, and everything runs once', async () => {
  // What the same work takes while Redis is there is not what a frozen one costs.
  const before = await load(frozenFor, 0);
  await ground.settle('Redis not frozen', before.accepted);

  redis.signal('SIGSTOP');
  const frozen = await load(frozenFor, 10_000);
  redis.signal('SIGCONT');
  const growth = frozen.memory.map((most, index) =>
    Math.round((most - (before.memory[index] ?? 0)) / megabyte),
  );
  const slowest = Math.round(Math.max(...frozen.times));
  const tally = await ground.settle('Redis frozen for 30 s', frozen.accepted, 60_000, {
    requests: frozen.times.length,
    slowestMs: slowest,
    growthMb: growth,
    heldMb: frozen.memory.map((bytes) => Math.round(bytes / megabyte)),
  });
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
  expect(frozen.times.length).toBeGreaterThan(200);
  // Whoever was refused is in none of the times.
  expect(frozen.accepted).toHaveLength(frozen.asked);
  expect(slowest).toBeLessThan(1_000);
  expect(Math.max(...growth)).toBeLessThan(50);
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
