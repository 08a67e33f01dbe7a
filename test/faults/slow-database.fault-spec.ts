import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client, Reply } from '../support/client.js';
import { Ground, until, type StartedApi } from './support/ground.js';
import { wireTo, type Wire } from './support/wire.js';

/** Milliseconds that each answer of the database comes later. */
const delay = 500;
const pool = 10;
/** Those of probes and signals, and what the driver opens beside each of the two pools to watch the server. */
const others = 3 + 2 * 2;
/** Milliseconds for which an operation may wait for a connection. */
const longestWait = 5_000;

let ground: Ground;
let wire: Wire;
let api: StartedApi;

interface Answered {
  readonly status: number;
  readonly milliseconds: number;
}

beforeAll(async () => {
  ground = await Ground.over({});
  wire = await wireTo(ground.settings['MONGODB_URI'] ?? '');
  api = await ground.api({ MONGODB_URI: wire.uri, MONGODB_MAX_POOL_SIZE: String(pool) });
});
afterAll(async () => {
  await ground?.[Symbol.asyncDispose]();
  await wire?.proxy.close();
});

async function timed(call: (client: Client) => Promise<Reply>): Promise<Answered> {
  const start = performance.now();
  const { status } = await call(api.admin);
  return { status, milliseconds: performance.now() - start };
}

/** A read that needs nothing but what the process remembers. */
const readMe = () => timed((client) => client.get('/api/users/me'));

/** Something that the database has to be asked for: a list, and a job that is written. */
function ask(number: number): Promise<Answered> {
  return timed((client) =>
    number % 2 === 0
      ? client.get(`/api/users?limit=5&page=${1 + (number % 50)}`)
      : client.post('/api/queues/faults/jobs', { name: 'fault', data: { number } }),
  );
}

function percentile(answers: readonly Answered[], share: number): number {
  const sorted = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
}

function counts(answers: readonly Answered[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { status } of answers) result[status] = (result[status] ?? 0) + 1;
  return result;
}

/** Reads of what is remembered, one after the other, until the work is done. */
async function readMeanwhile(work: Promise<unknown>): Promise<Answered[]> {
  const reads: Answered[] = [];
  let done = false;
  const ended = work.finally(() => (done = true));
  while (!done) {
    reads.push(await readMe());
    await sleep(20);
  }
  await ended;
  return reads;
}

it('every answer of the database comes 500 ms later: each request is answered, warm reads do not notice', async () => {
  for (let count = 0; count < 20; count += 1) await readMe();
  wire.proxy.slow(delay);
  const answers: Answered[] = [];
  const client = async (first: number): Promise<void> => {
    for (let number = first; number < first + 6; number += 1) answers.push(await ask(number));
  };
  const reads = await readMeanwhile(Promise.all([0, 100, 200, 300].map(client)));
  wire.proxy.slow(0);
  ground.print('database 500 ms slower', {
    answers: counts(answers),
    p50Ms: percentile(answers, 0.5),
    slowestMs: percentile(answers, 1),
    warmReads: counts(reads),
    warmP50Ms: percentile(reads, 0.5),
    warmP90Ms: percentile(reads, 0.9),
    connections: wire.proxy.connections,
  });
  expect(Object.keys(counts(answers)).sort()).toEqual(['200', '202']);
  expect(percentile(answers, 0)).toBeGreaterThanOrEqual(delay);
  expect(Object.keys(counts(reads))).toEqual(['200']);
  expect(percentile(reads, 0.9)).toBeLessThan(delay);
});

it('more is asked than it can answer so: nothing piles up, the rest is told to come again, and it is over at once', async () => {
  wire.proxy.slow(delay);
  let highest = 0;
  const asked: Promise<Answered>[] = [];
  const flood = async (): Promise<void> => {
    for (let number = 1_000; number < 1_800; number += 1) {
      asked.push(ask(number));
      highest = Math.max(highest, wire.proxy.connections);
      await sleep(15);
    }
  };
  const flooding = flood();
  const reads = await readMeanwhile(flooding.then(() => Promise.all(asked)));
  const answers = await Promise.all(asked);
  wire.proxy.slow(0);
  const healed = Date.now();
  await until('the database is asked again as before', async () => (await ask(2)).milliseconds < delay);
  await until('the API is ready', async () => (await api.admin.get('/health/ready')).status === 200);
  ground.print('asked for more than a slow database can answer', {
    answers: counts(answers),
    slowestMs: percentile(answers, 1),
    warmReads: counts(reads),
    warmP50Ms: percentile(reads, 0.5),
    warmP90Ms: percentile(reads, 0.9),
    mostConnections: highest,
    healedAfterMs: Date.now() - healed,
  });
  const statuses = Object.keys(counts(answers));
  expect(statuses.filter((status) => !['200', '202', '503'].includes(status))).toEqual([]);
  expect(statuses).toContain('503');
  // It waits for a connection at most twice, and for some answers of half a second each.
  expect(percentile(answers, 1)).toBeLessThan(2 * longestWait + 10_000);
  expect(highest).toBeLessThanOrEqual(pool + others);
  expect(Object.keys(counts(reads))).toEqual(['200']);
  expect(percentile(reads, 0.9)).toBeLessThan(delay);
});
