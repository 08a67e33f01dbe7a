import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SignalFeed } from './signal-feed.js';
import { SignalPoller } from './signal-poller.js';
import type { SignalsRepository } from './signals.repository.js';

type Now = SignalsRepository['now'];

const answer: Now = async () => new Date();
/** Neither answers nor hears that nobody waits any more. */
const neverSettles: Now = () => new Promise(() => undefined);

describe('SignalPoller', () => {
  const feed = new SignalFeed({ staleAfter: 2_500 });
  let now: Now;
  let polls: number;
  let poller: SignalPoller;

  beforeEach(async () => {
    vi.useFakeTimers();
    Logger.overrideLogger(false);
    now = answer;
    polls = 0;
    const signals: Pick<SignalsRepository, 'now' | 'since'> = {
      now: (abort) => {
        polls += 1;
        return now(abort);
      },
      since: async () => [],
    };
    let prepare = async (): Promise<void> => undefined;
    poller = new SignalPoller({ whenPrepared: (_, task) => void (prepare = task) }, signals, feed);
    poller.onModuleInit();
    await prepare();
    await vi.advanceTimersByTimeAsync(0);
  });
  afterEach(() => void vi.useRealTimers());

  it('asks again when an answer never comes, though the driver never says so', async () => {
    now = neverSettles;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(feed.isFresh).toBe(false);
    const before = polls;
    now = answer;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(polls).toBeGreaterThan(before);
    expect(feed.isFresh).toBe(true);
    await poller.onModuleDestroy();
  });

  it('goes by no answer that comes too late', async () => {
    let answerLate: (at: Date) => void = () => undefined;
    now = () => new Promise((resolve) => (answerLate = resolve));
    await vi.advanceTimersByTimeAsync(4_900);
    now = neverSettles;
    const before = feed.freshness;
    answerLate(new Date());
    await vi.advanceTimersByTimeAsync(0);
    expect(feed.freshness).toBe(before);
    await poller.onModuleDestroy();
  });

  it('ends at once while an answer is waited for', async () => {
    now = neverSettles;
    await vi.advanceTimersByTimeAsync(1_500);
    const asked = polls;
    await poller.onModuleDestroy();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(polls).toBe(asked);
  });
});
