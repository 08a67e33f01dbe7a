import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client } from '../support/client.js';
import { Ground, itemsOf, range, until } from './support/ground.js';
import { OwnService } from './support/own-services.js';
import { enqueue, enqueueAll, numbersOf } from './support/producers.js';

let redis: OwnService;
let ground: Ground;
let admin: Client;

beforeAll(async () => {
  redis = await OwnService.redis();
  ground = await Ground.over({ redis: redis.uri }, { WORKER_CONCURRENCY: '20' });
  ({ admin } = await ground.api());
  await ground.worker();
});
afterAll(async () => {
  await ground?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

/** A direct look at the server, which may be away. */
async function withRedis<Value>(ask: (client: Redis) => Promise<Value>): Promise<Value> {
  const client = new Redis(redis.uri, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await ask(client);
  } finally {
    client.disconnect();
  }
}

it('Redis is killed five times under 16 producers: everything is accepted, and runs once', async () => {
  const jobs = 1_500;
  const kills = 5;
  const wanted = range(jobs).map((number) => ({ number, work: 20 }));
  let killed = 0;
  const killing = async (): Promise<void> => {
    for (; killed < kills; killed += 1) {
      const share = ((killed + 1) * jobs) / (kills + 2);
      const counted = async (): Promise<boolean> =>
        (await ground.database.collection('jobs').countDocuments({ queue: 'faults' })) >= share;
      await until('the next kill is due', counted, 120_000);
      redis.signal('SIGKILL');
      await until('Redis is back', async () => (await withRedis((client) => client.ping())) === 'PONG');
    }
  };
  const [accepted] = await Promise.all([enqueueAll(admin, wanted), killing()]);
  const tally = await ground.settle('Redis killed 5 times', numbersOf(accepted), 90_000, {
    kills: killed,
    slowest: Math.round(Math.max(...accepted.map(({ took }) => took))),
  });
  expect(tally).toEqual({ accepted: jobs, effects: jobs, lost: 0, duplicates: 0, dead: 0 });
});

it('Redis is wiped under load: delayed jobs come in time, schedules tick on, and nothing runs twice', async () => {
  const every = 1_000;
  const tick = 100_000;
  const schedule = await admin.put('/api/queues/faults/schedules/every-second', {
    every,
    name: 'fault',
    data: { number: tick },
  });
  expect([schedule.status, schedule.text]).toEqual([200, expect.any(String)]);
  const delayed = range(20, 10_000);
  const dueAt = Date.now() + 8_000;
  for (const number of delayed) await enqueue(admin, { number }, { delay: 8_000 });

  const loading = enqueueAll(
    admin,
    range(600, 20_000).map((number) => ({ number, work: 20 })),
  );
  let lost = 0;
  for (let wipe = 0; wipe < 3; wipe += 1) {
    await sleep(1_000);
    lost += await withRedis(async (client) => {
      const keys = await client.dbsize();
      await client.flushall();
      return keys;
    });
  }
  const accepted = [...delayed, ...numbersOf(await loading)];
  let lastTick = 0;
  await until('a tick came after the last wipe', async () => {
    const { body } = await admin.get('/api/queues/faults/schedules');
    [lastTick = 0] = itemsOf(body.data).map(({ lastRunAt }) => Date.parse(String(lastRunAt)));
    return lastTick > dueAt;
  });
  expect((await admin.delete('/api/queues/faults/schedules/every-second')).status).toBe(200);
  await ground.settle('Redis wiped 3 times', accepted, 60_000, { keysLost: lost });

  const notes = await ground.database.collection('faultEffects').find().toArray();
  const numbers = notes.map(({ number }) => Number(number));
  const early = notes.filter(
    ({ number, _id }) => delayed.includes(Number(number)) && madeAt(_id) < dueAt - 1_000,
  );
  const counts = accepted.map((number) => numbers.filter((other) => other === number).length);
  expect([Math.min(...counts), Math.max(...counts), early.length]).toEqual([1, 1, 0]);

  // Each tick is one job, and each job one effect; no second between the first and the last was left out.
  const [firstRun] = itemsOf(schedule.body.data?.nextRuns);
  const jobs = await ground.database.collection('jobs').find({ 'data.number': tick }).toArray();
  const known = new Set(jobs.map(({ _id }) => String(_id)));
  const times: number[] = [];
  for (let time = Date.parse(String(firstRun)); time <= lastTick; time += every) times.push(time);
  const missing = times.filter((time) => !known.has(tickJobId('faults/every-second', new Date(time))));
  const tickEffects = numbers.filter((number) => number === tick).length;
  ground.print('schedules under the wipes', {
    ticks: times.length,
    missing: missing.length,
    jobs: jobs.length,
    effects: tickEffects,
  });
  expect(times.length).toBeGreaterThanOrEqual(8);
  expect(missing).toEqual([]);
  expect(jobs.every(({ state }) => state === 'done')).toBe(true);
  expect(tickEffects).toBe(jobs.length);
  expect(lost).toBeGreaterThan(100);
});

/** The id of a tick's job, as src/jobs/schedules makes it. */
function tickJobId(name: string, tick: Date): string {
  return createHash('sha256').update(`${name}/${tick.getTime()}`).digest('hex').slice(0, 24);
}

/** Milliseconds; an id of MongoDB begins with the second in which it was made. */
function madeAt(id: { getTimestamp(): Date }): number {
  return id.getTimestamp().getTime();
}
