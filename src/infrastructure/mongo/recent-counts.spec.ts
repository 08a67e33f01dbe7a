import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RecentCounts } from './recent-counts.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

it('counts a long list once in ten seconds, and for all who ask meanwhile', async () => {
  const counts = new RecentCounts();
  const count = vi.fn(async () => 5_000);
  expect(await Promise.all([1, 2, 3].map(() => counts.of('all', count)))).toEqual([5_000, 5_000, 5_000]);
  vi.advanceTimersByTime(9_999);
  await counts.of('all', count);
  expect(count).toHaveBeenCalledTimes(1);
  await counts.of('active', count);
  expect(count).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(2);
  await counts.of('all', count);
  expect(count).toHaveBeenCalledTimes(3);
});

it('counts a short list each time, and again after a failure', async () => {
  const counts = new RecentCounts();
  let total = 25;
  const count = async () => total++;
  expect([await counts.of('all', count), await counts.of('all', count)]).toEqual([25, 26]);
  await expect(counts.of('other', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await counts.of('other', async () => 7)).toBe(7);
});
