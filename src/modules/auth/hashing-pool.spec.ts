import { describe, expect, it } from 'vitest';
import { HashingPool } from './hashing-pool.js';

interface Held {
  readonly started: boolean;
  finish(): void;
}

function heldTask(pool: HashingPool): Held & { readonly done: Promise<string> } {
  let started = false;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const done = pool.run(async () => {
    started = true;
    await opened;
    return 'done';
  });
  return {
    done,
    get started() {
      return started;
    },
    finish: () => open(),
  };
}

describe('HashingPool', () => {
  it('runs as many tasks at once as it has workers, the rest in order', async () => {
    const pool = new HashingPool({ workers: 2, backlog: 1_000, expectedDuration: 100 });
    const tasks = [heldTask(pool), heldTask(pool), heldTask(pool), heldTask(pool)];
    expect(tasks.map((task) => task.started)).toEqual([true, true, false, false]);

    tasks[1]?.finish();
    await tasks[1]?.done;
    await Promise.resolve();
    expect(tasks.map((task) => task.started)).toEqual([true, true, true, false]);

    for (const task of tasks) task.finish();
    expect(await Promise.all(tasks.map((task) => task.done))).toEqual(Array(4).fill('done'));
  });

  it('refuses what could not begin within the backlog, and says when to come again', async () => {
    // 500 ms each, one at a time: four may wait 2 s.
    const pool = new HashingPool({ workers: 1, backlog: 2_000, expectedDuration: 500 });
    const running = heldTask(pool);
    const waiting = Array.from({ length: 4 }, () => heldTask(pool));

    await expect(pool.run(async () => 'late')).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'BUSY',
      retryAfter: 2,
    });

    for (const task of [running, ...waiting]) task.finish();
    await Promise.all([running.done, ...waiting.map((task) => task.done)]);
    await expect(pool.run(async () => 'later')).resolves.toBe('later');
  });

  it('learns how long a task takes', async () => {
    const pool = new HashingPool({ workers: 1, backlog: 2_000, expectedDuration: 3_000 });
    const first = heldTask(pool);
    // At 3 s a task nobody may wait.
    await expect(pool.run(async () => 'refused')).rejects.toMatchObject({ code: 'BUSY' });
    first.finish();
    await first.done;
    for (let i = 0; i < 5; i += 1) await pool.run(async () => 'instant');

    const running = heldTask(pool);
    const waiting = heldTask(pool);
    running.finish();
    waiting.finish();
    expect(await waiting.done).toBe('done');
  });

  it('gives the place of a task that fails to the next', async () => {
    const pool = new HashingPool({ workers: 1, backlog: 1_000, expectedDuration: 1 });
    const failing = pool.run(async () => {
      throw new Error('failed');
    });
    const next = pool.run(async () => 'next');
    await expect(failing).rejects.toThrow('failed');
    await expect(next).resolves.toBe('next');
  });
});
