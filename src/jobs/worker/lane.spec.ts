import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Attempt } from './attempt.js';
import { Lane } from './lane.js';

describe('Lane', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  const takes = (milliseconds: number) => () =>
    new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

  async function runMany(lane: Lane, count: number, milliseconds: number): Promise<void> {
    for (let run = 0; run < count; run += 1) {
      const done = lane.run(new Attempt(), takes(milliseconds));
      await vi.advanceTimersByTimeAsync(milliseconds);
      await done;
    }
  }

  it('takes jobs ahead once they have proven short, and no more after a single long one', async () => {
    const lane = new Lane(10, true);
    expect(lane.wanted).toBe(10);
    await runMany(lane, 50, 5);
    expect(lane.wanted).toBe(30);
    await runMany(lane, 1, 60_000);
    expect(lane.wanted).toBe(10);
  });

  it('takes none ahead where starts are counted', async () => {
    const lane = new Lane(10, false);
    await runMany(lane, 50, 5);
    expect(lane.wanted).toBe(10);
  });

  it('runs as many at once as there are places, and those that wait in their order', async () => {
    const lane = new Lane(2, true);
    const started: number[] = [];
    const runs = [1, 2, 3, 4].map((number) =>
      lane.run(new Attempt(), async () => {
        started.push(number);
        await takes(5)();
      }),
    );
    await vi.advanceTimersByTimeAsync(4);
    expect(started).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(5);
    expect(started).toEqual([1, 2, 3, 4]);
    await vi.advanceTimersByTimeAsync(5);
    await Promise.all(runs);
  });

  it('gives back what waits behind long jobs, and what is ended from outside, without losing a place', async () => {
    const lane = new Lane(1, true);
    const long = lane.run(new Attempt(), takes(3_000));
    const [late, ended] = [new Attempt(), new Attempt()];
    const both = Promise.allSettled([lane.run(late, takes(1)), lane.run(ended, takes(1))]);
    ended.cancel();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await both).toMatchObject([
      { status: 'rejected', reason: { message: expect.stringContaining('other jobs take too long') } },
      { status: 'rejected', reason: { message: expect.stringContaining('the job was cancelled') } },
    ]);
    expect(late.isInterrupted).toBe(true);
    await vi.advanceTimersByTimeAsync(2_000);
    await long;
    await runMany(lane, 2, 5);
  });
});
