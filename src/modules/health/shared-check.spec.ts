import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SharedCheck } from './shared-check.js';

describe('SharedCheck', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('asks once for a hundred callers and again for the next one', async () => {
    const ask = vi.fn(() => Promise.resolve('pong'));
    const check = new SharedCheck(ask, 1_500);
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => check.run()));
    expect(ask).toHaveBeenCalledTimes(1);
    expect(outcomes.every((outcome) => outcome.up && outcome.value === 'pong')).toBe(true);
    await check.run();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('leaves no timer behind', async () => {
    await new SharedCheck(() => Promise.resolve(), 1_500).run();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says down at the limit, aborts the question and does not ask a second time while it hangs', async () => {
    let signal: AbortSignal | undefined;
    let thaw: (() => void) | undefined;
    const ask = vi.fn((given: AbortSignal) => {
      signal ??= given;
      return new Promise<void>((resolve) => {
        thaw = resolve;
      });
    });
    const check = new SharedCheck(ask, 1_500);

    for (let probe = 0; probe < 3; probe++) {
      const outcome = check.run();
      await vi.advanceTimersByTimeAsync(1_500);
      expect(await outcome).toEqual({ up: false, responseTime: 1_500, message: 'no answer within 1500 ms' });
    }
    expect(ask).toHaveBeenCalledTimes(1);
    expect(signal?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);

    thaw?.();
    await vi.advanceTimersByTimeAsync(0);
    const next = check.run();
    expect(ask).toHaveBeenCalledTimes(2);
    thaw?.();
    expect(await next).toMatchObject({ up: true });
  });

  it('keeps the cause out of the outcome and tells the listener of each turn only', async () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.7:27017');
    let failing = true;
    const onChange = vi.fn();
    const check = new SharedCheck(
      () => (failing ? Promise.reject(cause) : Promise.resolve(1)),
      1_500,
      onChange,
    );
    expect(await check.run()).toMatchObject({ up: false, message: 'cannot be reached' });
    await check.run();
    expect(onChange.mock.calls).toEqual([[false, cause]]);
    failing = false;
    expect(await check.run()).toMatchObject({ up: true, value: 1 });
    await check.run();
    expect(onChange.mock.calls).toEqual([
      [false, cause],
      [true, undefined],
    ]);
  });
});
