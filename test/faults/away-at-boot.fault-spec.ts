import { afterEach, expect, it } from 'vitest';
import { administrator } from '../support/app.js';
import { Client } from '../support/client.js';
import type { Program } from '../support/program.js';
import { probe } from '../health/proxied.js';
import { Ground, range, until } from './support/ground.js';
import { enqueueAll, numbersOf } from './support/producers.js';
import { wireTo, type Wire } from './support/wire.js';

/** Milliseconds from the return of a service until a process is what it should be. */
const longestHealing = 20_000;
/** The pauses between two attempts to connect, in milliseconds, from the first on. */
const pauses = [250, 500, 1_000, 2_000];

let wire: Wire | undefined;

afterEach(async () => {
  await wire?.proxy.close();
});

/** Where it listens, as its log says it. */
async function urlOf(program: Program): Promise<string> {
  const line = await program.line(
    ({ message }) => /^(listening|worker probe at)/.test(String(message)),
    60_000,
  );
  return line.url === undefined
    ? new URL(String(line.message).split(' ').at(-1) ?? '').origin
    : String(line.url);
}

/** How long the program says it pauses before it tries to connect again, attempt by attempt. */
function pausesOf({ lines }: Program): number[] {
  return lines
    .filter(({ message }) => String(message).startsWith('connecting to the database failed'))
    .map(({ retryInMs }) => Number(retryInMs));
}

it('the database is away at boot: processes live, wait with growing pauses, and heal by themselves', async () => {
  await using ground = await Ground.over({});
  wire = await wireTo(ground.settings['MONGODB_URI'] ?? '', { open: false });
  const changes = { MONGODB_URI: wire.uri, MONGODB_SERVER_SELECTION_TIMEOUT: '500ms' };
  const api = ground.start('api.mjs', changes);
  const worker = ground.start('worker.mjs', changes);
  const url = await urlOf(api);
  const urls = [url, await urlOf(worker)];

  const seen = new Set<string>();
  await until('both have tried four times', async () => {
    for (const each of urls) {
      seen.add(`live ${(await probe(each, '/health/live')).status}`);
      seen.add(`ready ${(await probe(each, '/health/ready')).status}`);
    }
    return [api, worker].every((program) => pausesOf(program).length >= pauses.length);
  });
  const refused = await new Client(url).post('/api/auth/login', administrator);

  const restored = Date.now();
  await wire.proxy.restore();
  const healing = await Promise.all(
    urls.map(async (each) => {
      const ready = async () => (await probe(each, '/health/ready')).status === 200;
      await until('it is ready', ready, longestHealing);
      return Date.now() - restored;
    }),
  );
  const admin = await new Client(url).login(administrator);
  const accepted = numbersOf(
    await enqueueAll(
      admin,
      range(20).map((number) => ({ number })),
    ),
  );
  const tally = await ground.settle('database away at boot', accepted, 30_000, {
    probes: [...seen],
    pauses: pausesOf(api),
    healing,
  });

  expect([...seen].sort()).toEqual(['live 200', 'ready 503']);
  for (const program of [api, worker]) expect(pausesOf(program).slice(0, pauses.length)).toEqual(pauses);
  expect(refused.status).toBe(503);
  expect(refused.body).toMatchObject({ success: false, code: 'SERVICE_UNAVAILABLE' });
  expect(tally).toMatchObject({ accepted: 20, lost: 0, duplicates: 0, dead: 0 });
});

it('Redis is away at boot: the API serves all the same, and what it accepted runs when Redis comes', async () => {
  await using ground = await Ground.over({});
  wire = await wireTo(ground.settings['REDIS_URL'] ?? '', { open: false });
  const { admin, url } = await ground.api({ REDIS_URL: wire.uri });
  const worker = ground.start('worker.mjs', { REDIS_URL: wire.uri });
  const workerUrl = await urlOf(worker);

  const ready = await probe(url, '/health/ready');
  const created = await admin.post('/api/users', { email: 'early@nexus.test', name: 'Early' });
  const id = String(created.body.data?.id);
  const jobs = await enqueueAll(
    admin,
    range(50).map((number) => ({ number })),
  );
  const statuses = [created.status];
  for (const path of [
    '/api/users/me',
    `/api/users/${id}`,
    '/api/users',
    '/api/queues',
    '/api/dead-letters',
  ]) {
    statuses.push((await admin.get(path)).status);
  }
  const workerMeanwhile = (await probe(workerUrl, '/health/ready')).status;

  const restored = Date.now();
  await wire.proxy.restore();
  await until(
    'the worker is ready',
    async () => (await probe(workerUrl, '/health/ready')).status === 200,
    longestHealing,
  );
  const tally = await ground.settle('Redis away at boot', numbersOf(jobs), 30_000, {
    statuses,
    slowestEnqueueMs: Math.round(Math.max(...jobs.map(({ took }) => took))),
    workerReadyAfterMs: Date.now() - restored,
  });
  expect(ready.status).toBe(200);
  expect(ready.body).toMatchObject({ status: 'degraded', details: { redis: { status: 'degraded' } } });
  expect(statuses).toEqual([201, 200, 200, 200, 200, 200]);
  expect(workerMeanwhile).toBe(503);
  expect(tally).toMatchObject({ accepted: 50, lost: 0, duplicates: 0, dead: 0 });
});
