import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Ground, range } from './support/ground.js';
import { enqueue, enqueueAll, numbersOf, type Enqueued } from './support/producers.js';

const rate = 100;
const seconds = 15;
/** Milliseconds. */
const bound = 50;

it('100 jobs a second over REST: 99 of 100 answers come within 50 ms', async () => {
  const [load = 0] = loadavg();
  await using ground = await Ground.over({});
  const { admin } = await ground.api();
  await ground.worker();
  await enqueueAll(
    admin,
    range(500, 100_000).map((number) => ({ number })),
    8,
  );

  const start = performance.now();
  const asked: Promise<Enqueued | undefined>[] = [];
  for (let number = 0; number < rate * seconds; number += 1) {
    // By the clock and not by the answers: a slow one does not slow down those who ask.
    await sleep(Math.max(0, start + (number * 1_000) / rate - performance.now()));
    asked.push(enqueue(admin, { number }));
  }
  const jobs = (await Promise.all(asked)).flatMap((job) => job ?? []);
  const times = jobs.map(({ took }) => took).toSorted((one, other) => one - other);
  const at = (share: number): number =>
    Math.round((times[Math.floor(times.length * share)] ?? Infinity) * 10) / 10;
  // Where others want the processors too, the time says more about them.
  const isQuiet = load < availableParallelism() * 0.75;
  const tally = await ground.settle('enqueued at 100 a second', numbersOf(jobs), 60_000, {
    p50: at(0.5),
    p99: at(0.99),
    load: Math.round(load * 10) / 10,
    judged: isQuiet,
  });
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
  if (!isQuiet) return;
  expect(tally.accepted).toBe(rate * seconds);
  expect(at(0.99)).toBeLessThan(bound);
});
