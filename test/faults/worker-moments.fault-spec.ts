import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client } from '../support/client.js';
import { Ground, range, until } from './support/ground.js';
import { enqueue, enqueueAll, numbersOf } from './support/producers.js';

/** Milliseconds; what JOB_LOCK_DURATION says. */
const lockTime = 2_000;
const maximumStarts = 4;

let ground: Ground;
let admin: Client;

beforeAll(async () => {
  ground = await Ground.over({}, { JOB_MAX_STARTS: String(maximumStarts) });
  ({ admin } = await ground.api());
});
afterAll(() => ground?.[Symbol.asyncDispose]());

const startsOf = async (number: number): Promise<number> =>
  (await ground.starts()).filter((started) => started === number).length;

it('killed between the effect and its acknowledgement: one effect', async () => {
  const wanted = range(20).map((number) => ({ number, traced: true }));
  const accepted = numbersOf(await enqueueAll(admin, wanted));
  const killed = ground.start('worker.mjs', {
    FAULT_KILL: 'jobs/worker/done-marks.js DoneMarks add before',
  });
  expect(await killed.exit()).toBe('SIGKILL');
  expect(await ground.effects()).toBeGreaterThan(0);
  expect(await ground.jobs('done')).toBe(0);

  await using _next = await ground.worker();
  const tally = await ground.settle('killed between effect and acknowledgement', accepted);
  expect(tally).toMatchObject({ accepted: 20, lost: 0, duplicates: 0, dead: 0 });
  // It did run again: nothing but the mark kept it from a second effect.
  expect((await ground.starts()).length).toBeGreaterThan(20);
});

it('killed after the last failure and before the ledger knows: dead, and not run again', async () => {
  await enqueue(admin, { number: 100, hopeless: true, traced: true });
  const killed = ground.start('worker.mjs', {
    FAULT_KILL: 'jobs/jobs.repository.js JobsRepository markDead before',
  });
  expect(await killed.exit()).toBe('SIGKILL');
  expect(await ground.jobs('published')).toBe(1);

  await using _next = await ground.worker();
  await until('the ledger knows', async () => (await ground.jobs('dead')) === 1, 60_000);
  const starts = await startsOf(100);
  const { effects, duplicates, dead } = await ground.tally([100]);
  ground.print('killed between failure and ledger', { accepted: 1, effects, duplicates, dead, starts });
  expect([starts, effects, duplicates, dead]).toEqual([1, 0, 0, 1]);
  await ground.database.collection('jobs').deleteMany({ state: 'dead' });
});

it('a job that always kills its process is dead after its starts, and takes no other with it', async () => {
  const beside = range(8, 210).map((number) => ({ number, work: 1_500 }));
  const behind = range(30, 230).map((number) => ({ number }));
  const accepted = await enqueueAll(admin, beside.slice(0, 4), 1);
  await enqueue(admin, { number: 200, deadly: true, traced: true });
  accepted.push(...(await enqueueAll(admin, [...beside.slice(4), ...behind], 1)));

  let restarts = 0;
  let ended = false;
  const keep = async (): Promise<void> => {
    while (!ended) {
      const worker = ground.start('worker.mjs');
      await Promise.race([worker.exit(), until('it is over', () => ended, 120_000)]);
      if (!ended) restarts += 1;
      else await worker.end('SIGTERM');
    }
  };
  const kept = keep();
  await until('it is dead', async () => (await ground.jobs('dead')) >= 1, 120_000);
  const tally = await ground.settle('a job that kills its process', numbersOf(accepted), 60_000, {
    restarts,
  });
  ended = true;
  await kept;
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 1 });
  expect(await startsOf(200)).toBe(maximumStarts);
  await ground.database.collection('jobs').deleteMany({ state: 'dead' });
});

it('a job that blocks the event loop for three lock times: one effect, and the others go on', async () => {
  await using _one = await ground.worker({ WORKER_CONCURRENCY: '5' });
  await using _two = await ground.worker({ WORKER_CONCURRENCY: '5' });
  const blocking = await enqueue(admin, { number: 300, block: 3 * lockTime, traced: true });
  expect(blocking).toBeDefined();
  await until('it blocks', async () => (await startsOf(300)) === 1);
  const accepted = numbersOf(
    await enqueueAll(
      admin,
      range(50, 301).map((number) => ({ number })),
    ),
  );
  const tally = await ground.settle('an event loop blocked for 6 s', [300, ...accepted]);
  expect(tally).toMatchObject({ accepted: 51, lost: 0, duplicates: 0, dead: 0 });
});

it('a worker stopped for three lock times: what it held runs elsewhere, and no effect twice when it goes on', async () => {
  await using frozen = await ground.worker();
  await using _other = await ground.worker();
  const wanted = range(150, 400).map((number) => ({ number, work: 300, traced: true }));
  const enqueuing = enqueueAll(admin, wanted);
  await until('some ran', async () => (await ground.starts()).filter((number) => number >= 400).length > 30);
  process.kill(frozen.pid, 'SIGSTOP');
  await sleep(3 * lockTime);
  process.kill(frozen.pid, 'SIGCONT');
  const accepted = numbersOf(await enqueuing);
  const tally = await ground.settle('a worker stopped for 6 s', accepted);
  expect(tally).toMatchObject({ accepted: 150, lost: 0, duplicates: 0, dead: 0 });
  expect((await ground.starts()).filter((number) => number >= 400).length).toBeGreaterThan(150);
});
