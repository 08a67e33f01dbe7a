import { expect, it } from 'vitest';
import { Ground, range, until } from './support/ground.js';
import { enqueueAll, numbersOf } from './support/producers.js';

/** The job that does not end by itself. */
const endless = 1_000;

it('SIGTERM of a worker: it ends within 30 s, finishes what it can, and gives the rest back', async () => {
  await using ground = await Ground.over({});
  const { admin } = await ground.api();
  const worker = await ground.worker();
  const wanted = [
    { number: endless, held: true, traced: true },
    ...range(100).map((number) => ({ number, work: 500, traced: true })),
  ];
  const accepted = numbersOf(await enqueueAll(admin, wanted, 1));
  const startsOf = async (number: number): Promise<number> =>
    (await ground.starts()).filter((started) => started === number).length;
  await until('the endless one and others run', async () => {
    return (await startsOf(endless)) === 1 && (await ground.effects()) > 5;
  });

  const alive = async (count: number): Promise<void> =>
    until(`readiness tells of ${count} workers`, async () => {
      const { body } = await admin.get('/health/ready');
      return Number(body.details?.workers?.alive) === count;
    });
  await alive(1);

  const asked = Date.now();
  const exit = await worker.end('SIGTERM');
  const secondsToExit = (Date.now() - asked) / 1_000;
  // It says goodbye: nobody has to wait until it is missed.
  await alive(0);
  const started = new Set(await ground.starts());
  const effects = await ground.effects();
  const row = await ground.database.collection('jobs').findOne({ 'data.number': endless });

  await ground.database.collection('faultMends').insertOne({ number: endless });
  await ground.worker();
  const tally = await ground.settle('a worker asked to end', accepted, 60_000, {
    exit,
    secondsToExit,
    finished: effects,
  });
  expect(exit).toBe(0);
  expect(secondsToExit).toBeLessThan(30);
  // All that had begun is done, but for the one that was given back, without having used up an attempt.
  expect(effects).toBe(started.size - 1);
  expect(row).toMatchObject({ state: 'published', attempts: 0, lastFailure: null });
  expect(tally).toEqual({ accepted: 101, effects: 101, lost: 0, duplicates: 0, dead: 0 });
  expect(await startsOf(endless)).toBe(2);
});
