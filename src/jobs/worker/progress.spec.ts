import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { JobProgress } from '../job-progress.js';
import { Progress } from './progress.js';

let written: JobProgress[];

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
});
afterEach(() => vi.useRealTimers());

const write = async (progress: JobProgress): Promise<void> => void written.push(progress);

it('is written at most four times a second, however often it is said, and always the last word', async () => {
  const times: number[] = [];
  const progress = new Progress(async (said) => {
    times.push(Date.now());
    await write(said);
  });
  for (let step = 0; step < 1_000; step += 1) {
    progress.report(step / 10, `step ${step}`);
    await vi.advanceTimersByTimeAsync(1);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect([Math.min(...pauses), Math.max(...pauses)]).toEqual([250, 250]);
  expect([written[0]?.note, written.at(-1)?.note]).toEqual(['step 0', 'step 999']);
});

it('goes on when a word could not be written', async () => {
  let failures = 1;
  const progress = new Progress(async (said) => {
    if (failures-- > 0) throw new Error('Redis is away');
    await write(said);
  });
  progress.report(10);
  await vi.advanceTimersByTimeAsync(250);
  progress.report(20);
  await vi.advanceTimersByTimeAsync(250);
  expect(written).toEqual([{ percent: 20 }]);
});

it('says nothing after the end of the job', async () => {
  const progress = new Progress(write);
  progress.report(10);
  progress.report(20);
  progress.end();
  progress.report(30);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(written).toEqual([{ percent: 10 }]);
});

it.each([
  [-5, 0],
  [250, 100],
  [33.4, 33],
  [Infinity, 100],
])('makes a percentage of %d: %d', async (given, percent) => {
  new Progress(write).report(given, 'n'.repeat(500));
  await vi.advanceTimersByTimeAsync(0);
  expect(written).toEqual([{ percent, note: 'n'.repeat(200) }]);
});
