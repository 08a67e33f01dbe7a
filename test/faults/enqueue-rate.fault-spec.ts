import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Ground, range } from './support/ground.js';
import { enqueue, enqueueAll, numbersOf, type Enqueued } from './support/producers.js';
import { isQuiet } from './support/quiet.js';

const rate = 100;
const seconds = 10;
const rounds = 3;
/** Milliseconds. */
const bound = 50;

it('100 jobs a second over REST: 99 of 100 answers come within 50 ms', async () => {
  await using ground = await Ground.over({});
  const { admin } = await ground.api();
  await ground.worker();
  const warm = await enqueueAll(
    admin,
    range(500, 100_000).map((number) => ({ number })),
    8,
  );
  await ground.settle('warm', numbersOf(warm));
  const wasQuiet = await isQuiet(60_000);

  const jobs: Enqueued[] = [];
  const spreads: { p50: number; p99: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const asked: Promise<Enqueued | undefined>[] = [];
    for (let index = 0; index < rate * seconds; index += 1) {
      // By the clock and not by the answers: a slow one does not slow down those who ask.
      await sleep(Math.max(0, start + (index * 1_000) / rate - performance.now()));
      asked.push(enqueue(admin, { number: round * rate * seconds + index }));
    }
    const accepted = (await Promise.all(asked)).flatMap((job) => job ?? []);
    spreads.push(spreadOf(accepted));
    jobs.push(...accepted);
  }
  const tally = await ground.settle('enqueued at 100 a second', numbersOf(jobs), 60_000, {
    p50: spreads.map(({ p50 }) => p50),
    p99: spreads.map(({ p99 }) => p99),
  });
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
  const isJudged = wasQuiet && (await isQuiet());
  console.log(isJudged ? 'judged: the machine was quiet' : 'not judged: others wanted the processors too');
  if (!isJudged) return;
  expect(tally.accepted).toBe(rounds * rate * seconds);
  // The middle one of three: what else a machine does for a moment is not what a request costs.
  const [, middle = Infinity] = spreads.map(({ p99 }) => p99).toSorted((one, other) => one - other);
  expect(middle).toBeLessThan(bound);
});

function spreadOf(jobs: readonly Enqueued[]): { p50: number; p99: number } {
  const times = jobs.map(({ took }) => took).toSorted((one, other) => one - other);
  const at = (share: number): number =>
    Math.round((times[Math.floor(times.length * share)] ?? Infinity) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99) };
}
