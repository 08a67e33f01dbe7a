import { expect, it } from 'vitest';
import { RecentValue } from './recent-value.js';

function counted(answer: () => Promise<number>): { reads: number; read: () => Promise<number> } {
  const counter = {
    reads: 0,
    read: () => {
      counter.reads += 1;
      return answer();
    },
  };
  return counter;
}

const minute = 60_000;

it('is read once for all who ask within its time', async () => {
  const source = counted(async () => 7);
  const value = new RecentValue(source.read, minute, minute);
  expect(await Promise.all([value.get(), value.get(), value.get()])).toEqual([7, 7, 7]);
  expect(await value.get()).toBe(7);
  expect(source.reads).toBe(1);
});

it('is read again when its time is over', async () => {
  let next = 0;
  const value = new RecentValue(async () => (next += 1), 0, minute);
  expect([await value.get(), await value.get()]).toEqual([1, 2]);
});

it('is unknown when it cannot be read, and not asked for again at once', async () => {
  const source = counted(() => Promise.reject(new Error('away')));
  const value = new RecentValue(source.read, minute, minute);
  expect([await value.get(), await value.get()]).toEqual([undefined, undefined]);
  expect(source.reads).toBe(1);
});

it('is unknown when it comes too late, and never read twice at once', async () => {
  let finish: (value: number) => void = () => undefined;
  const source = counted(() => new Promise((resolve) => (finish = resolve)));
  const value = new RecentValue(source.read, 0, 10);
  const start = performance.now();
  expect(await value.get()).toBeUndefined();
  expect(await value.get()).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(source.reads).toBe(1);
  finish(1);
  await new Promise((resolve) => setImmediate(resolve));
  const next = value.get();
  finish(2);
  expect(await next).toBe(2);
});
