import { UnrecoverableError } from 'bullmq';
import { expect, it } from 'vitest';
import { jobIds } from '../../common/ids.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { Attempt } from './attempt.js';
import { Lane } from './lane.js';
import { Suspects } from './suspects.js';

const row = {
  id: newId(jobIds),
  queue: 'email',
  name: 'test',
  data: {},
  state: 'published' as const,
  runAt: null,
  attempts: 0,
  lastFailure: null,
  generation: 1,
  requestId: null,
};

/** What the ledger counts, by attempt. */
function ledger() {
  const counted = { attempt: 0, count: 0 };
  return {
    counted,
    countLoneStart: async (_row: unknown, attempt: number) => {
      if (counted.attempt !== attempt) Object.assign(counted, { attempt, count: 0 });
      return (counted.count += 1);
    },
    uncountLoneStart: async () => void (counted.count -= 1),
  };
}

const handOut = (stalledCounter: number, attemptsMade = 0) => ({
  job: { stalledCounter, attemptsMade },
  row,
  attempt: new Attempt(),
});
const lane = () => new Lane(2, false);
const nothing = async () => undefined;

it('counts no start of a job that has lost its worker but once', async () => {
  const jobs = ledger();
  await new Suspects(jobs, { maximumStarts: 2 }).run(handOut(1), lane(), nothing);
  expect(jobs.counted.count).toBe(0);
});

it('ends a job that was started as often as it may be, without running it', async () => {
  const jobs = ledger();
  const suspects = new Suspects(jobs, { maximumStarts: 3 });
  await suspects.run(handOut(2), lane(), nothing);
  const again = suspects.run(handOut(3), lane(), () => Promise.reject(new Error('it ran')));
  await expect(again).rejects.toThrow(UnrecoverableError);
});

it('counts no start that ended because its worker did', async () => {
  const jobs = ledger();
  const suspects = new Suspects(jobs, { maximumStarts: 3 });
  for (let restart = 0; restart < 5; restart += 1) {
    const run = handOut(2);
    const givenBack = suspects.run(run, lane(), () =>
      run.attempt.within(60_000, async () => {
        run.attempt.interrupt(new Error('the worker is shutting down'));
        await new Promise(() => undefined);
      }),
    );
    await expect(givenBack).rejects.toThrow('shutting down');
  }
  expect(jobs.counted.count).toBe(0);
});

it('counts no start of a job that waits for a place in vain', async () => {
  const jobs = ledger();
  const narrow = new Lane(1, false);
  let leave = (): void => undefined;
  const before = narrow.run(new Attempt(), () => new Promise<void>((resolve) => (leave = resolve)));
  const run = handOut(2);
  const waiting = new Suspects(jobs, { maximumStarts: 3 }).run(run, narrow, nothing);
  await new Promise((resolve) => setImmediate(resolve));
  run.attempt.interrupt(new Error('other jobs take too long'));
  await expect(waiting).rejects.toThrow('too long');
  leave();
  await before;
  expect(jobs.counted.count).toBe(0);
});

it('counts anew once an attempt has come to its end', async () => {
  const jobs = ledger();
  const suspects = new Suspects(jobs, { maximumStarts: 3 });
  for (let attemptsMade = 0; attemptsMade < 5; attemptsMade += 1) {
    const failing = suspects.run(handOut(2, attemptsMade), lane(), () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
  }
});

it('runs one suspect at a time', async () => {
  const suspects = new Suspects(ledger(), { maximumStarts: 10 });
  const wide = lane();
  let [running, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, (running += 1));
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  await Promise.all([1, 2, 3].map(() => suspects.run(handOut(2), wide, work)));
  expect(most).toBe(1);
});
