import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseIndexes } from '../../infrastructure/mongo/database-indexes.js';
import { IndexCheck } from './index-check.js';

function checkOf(missing: () => Promise<string[]>) {
  const asked = vi.fn(missing);
  const indexes: Pick<DatabaseIndexes, 'missing'> = { missing: asked };
  return { asked, check: new IndexCheck(indexes) };
}

describe('IndexCheck', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('does not know before the database has answered', async () => {
    const { check } = checkOf(() => Promise.reject(new Error('away')));
    expect(await check.run()).toBeUndefined();
  });

  it('asks again every 2 s while indexes are missing, then every 60 s', async () => {
    let missing = ['users.email_1'];
    const { asked, check } = checkOf(() => Promise.resolve(missing));
    expect(await check.run()).toEqual(['users.email_1']);
    vi.advanceTimersByTime(1_900);
    await check.run();
    expect(asked).toHaveBeenCalledTimes(1);

    missing = [];
    vi.advanceTimersByTime(200);
    expect(await check.run()).toEqual([]);
    expect(asked).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(59_000);
    await check.run();
    expect(asked).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(2_000);
    await check.run();
    expect(asked).toHaveBeenCalledTimes(3);
  });

  it('keeps what it knows, and nobody waiting, while a complete database does not answer', async () => {
    let answer: () => Promise<string[]> = () => Promise.resolve([]);
    const { asked, check } = checkOf(() => answer());
    await check.run();
    vi.advanceTimersByTime(61_000);
    answer = () => new Promise(() => undefined);
    expect(await check.run()).toEqual([]);
    expect(asked).toHaveBeenCalledTimes(2);
  });
});
