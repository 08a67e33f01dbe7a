import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Ground, range, until } from './support/ground.js';
import { enqueueAll, numbersOf } from './support/producers.js';

const jobs = 5_000;
const kills = 20;
/**
 * Milliseconds between the end of the one worker and that of the other: at once, in the middle of the other's boot, and so
 * late that what the first one held has gone to the second, which takes it down once more.
 */
const gaps = [0, 100, 400, 3_000];

it('two workers are killed 20 times each over 5,000 jobs: none lost, no effect doubled, none dead', async () => {
  await using ground = await Ground.over({}, { WORKER_CONCURRENCY: '20' });
  const { admin } = await ground.api();
  const workers = [await ground.worker(), await ground.worker()];
  // Every tenth fails once or twice at first.
  const wanted = range(jobs).map((number) => ({
    number,
    work: (number * 37) % 400,
    ...(number % 10 === 0 && { failures: 1 + ((number / 10) % 2) }),
  }));
  const accepting = enqueueAll(admin, wanted);

  let done = 0;
  for (; done < kills; done += 1) {
    const share = ((done + 1) * jobs) / (kills + 4);
    await until('the next kill is due', async () => (await ground.effects()) >= share, 90_000);
    const replacing = workers.map(async (worker, index) => {
      if (index > 0) await sleep(gaps[done % gaps.length]);
      expect(await worker.end('SIGKILL')).toBe('SIGKILL');
      return ground.worker();
    });
    workers.splice(0, workers.length, ...(await Promise.all(replacing)));
  }
  const accepted = numbersOf(await accepting);
  const left = jobs - (await ground.effects());
  const tally = await ground.settle('2 workers killed 20 times', accepted, 180_000, {
    kills: 2 * done,
    left,
  });
  expect(tally).toEqual({ accepted: jobs, effects: jobs, lost: 0, duplicates: 0, dead: 0 });
  // The last kill came while there still was something to lose.
  expect(left).toBeGreaterThan(0);
});
