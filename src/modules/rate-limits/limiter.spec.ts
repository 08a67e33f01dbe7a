import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Rate } from '../../config/rate-limit.js';
import { Limiter, type Verdict } from './limiter.js';
import type { Portion, SharedWindows } from './shared-windows.js';

type Asked = Parameters<SharedWindows['take']>[2];

/** One window as Redis keeps it, for any number of processes; it says nothing while it is away. */
class Window {
  used = 0;
  asked = 0;
  away = false;
  endsAt = 0;

  async take(
    _key: string,
    { limit, window }: Rate,
    { waiting, unasked }: Asked,
  ): Promise<Portion | undefined> {
    this.asked += 1;
    await Promise.resolve();
    if (this.away) return undefined;
    const now = performance.now();
    if (now >= this.endsAt) {
      this.used = 0;
      this.endsAt = now + window;
    }
    this.used += unasked;
    const left = Math.max(0, limit - this.used);
    const granted = Math.min(left, Math.max(waiting, Math.floor(Math.min(limit / 300, left / 32))));
    this.used += granted;
    return { granted, left: left - granted, lasts: this.endsAt - now };
  }
}

function process(window: Window): Limiter {
  return new Limiter(window);
}

const minute = 60_000;

async function passed(count: number, ask: (index: number) => Verdict | Promise<Verdict>): Promise<number> {
  let allowed = 0;
  for (let index = 0; index < count; index += 1) if ((await ask(index)).allowed) allowed += 1;
  return allowed;
}

describe('the limiter', () => {
  let window: Window;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    window = new Window();
  });
  afterEach(() => vi.useRealTimers());

  it.each([1, 5, 100, 299, 1_000, 30_000])('lets %i through, spread over three processes', async (limit) => {
    const processes = [process(window), process(window), process(window)];
    const rate = { limit, window: minute };
    const verdicts = await passed(limit * 2, (index) => processes[index % 3]?.take('key', rate) ?? never());
    expect(verdicts).toBeLessThanOrEqual(limit);
    expect(verdicts).toBeGreaterThanOrEqual(Math.ceil(limit * 0.99));
  });

  it.each([1_000, 30_000])(
    'of %i refuses at most 1 %% too early when two processes hold what they do not use',
    async (limit) => {
      const idle = [process(window), process(window)];
      const rate = { limit, window: minute };
      for (const one of idle) await one.take('key', rate);
      const busy = process(window);
      const verdicts = 2 + (await passed(limit, () => busy.take('key', rate)));
      expect(verdicts).toBeLessThanOrEqual(limit);
      expect(verdicts).toBeGreaterThanOrEqual(limit * 0.99);
    },
  );

  it('asks for far fewer than it lets through, and answers those at once', async () => {
    const one = process(window);
    const rate = { limit: 100_000, window: minute };
    await one.take('key', rate);
    const verdicts = Array.from({ length: 300 }, () => one.take('key', rate));
    expect(verdicts.every((verdict) => !(verdict instanceof Promise) && verdict.allowed)).toBe(true);
    expect(window.asked).toBe(1);
  });

  it('asks once for all that wait, and exactly for them', async () => {
    const one = process(window);
    const rate = { limit: 20, window: minute };
    const verdicts = await Promise.all(Array.from({ length: 50 }, async () => one.take('key', rate)));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(20);
    expect(window.asked).toBeLessThanOrEqual(4);
  });

  it('begins anew when the window has ended, and uses no lease beyond it', async () => {
    const one = process(window);
    const rate = { limit: 3_000, window: minute };
    await one.take('key', rate);
    vi.advanceTimersByTime(minute);
    expect((await one.take('key', rate)).remaining).toBe(2_999);
    expect(window.used).toBe(10);
  });

  it('repeats a refusal for a second without asking', async () => {
    const one = process(window);
    const rate = { limit: 1, window: minute };
    await one.take('key', rate);
    expect(await one.take('key', rate)).toMatchObject({ allowed: false, remaining: 0 });
    const { asked } = window;
    expect(one.take('key', rate)).toMatchObject({ allowed: false });
    expect(window.asked).toBe(asked);
    vi.advanceTimersByTime(1_000);
    window.used = 0;
    expect(await one.take('key', rate)).toMatchObject({ allowed: true });
  });

  it('goes on alone while nobody answers, from where it was', async () => {
    const one = process(window);
    const rate = { limit: 10, window: minute };
    expect(await passed(6, () => one.take('known', rate))).toBe(6);
    window.away = true;
    expect(await passed(10, () => one.take('known', rate))).toBe(4);
    expect(await passed(30, () => one.take('new', rate))).toBe(10);
    window.away = false;
    vi.advanceTimersByTime(1_000);
    expect(await passed(10, () => one.take('known', rate))).toBe(0);
    window.away = true;
    vi.advanceTimersByTime(minute);
    expect(await passed(30, () => one.take('known', rate))).toBe(10);
  });
});

function never(): never {
  throw new Error('there are three');
}
