import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Logger } from '@nestjs/common';
import { roleIds, sessionIds } from '../../../common/ids.js';
import { ExpiringSet } from './expiring-set.js';
import { SignalFeed } from './signal-feed.js';
import type { Signal } from './signal.js';

const session = { kind: 'session', id: sessionIds.parse('665f1c2e9b1e8a0012345678') } as const;
const role = { kind: 'role', id: roleIds.parse('665f1c2e9b1e8a0012345679') } as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  Logger.overrideLogger(false);
});
afterEach(() => void vi.useRealTimers());

describe('SignalFeed', () => {
  it('is never fresh before the first poll, and then for as long as the settings say', () => {
    const feed = new SignalFeed({ staleAfter: 10_000 });
    expect(feed.isFresh).toBe(false);
    feed.completeUntil(performance.now() - 1_000);
    expect([feed.isFresh, feed.freshness]).toEqual([true, 1_000]);
    vi.advanceTimersByTime(9_000);
    expect(feed.isFresh).toBe(true);
    vi.advanceTimersByTime(1);
    expect(feed.isFresh).toBe(false);
  });

  it('keeps what has ended until no token can name it, fresh or not', () => {
    const feed = new SignalFeed({ staleAfter: 10_000 });
    feed.receive(session, 900_000);
    expect(feed.isEnded('session', session.id)).toBe(true);
    expect(feed.isEnded('api-key', session.id)).toBe(false);
    // Heard again with less time left: nothing is shortened.
    feed.receive(session, 1_000);
    vi.advanceTimersByTime(899_999);
    feed.completeUntil(performance.now());
    expect(feed.isEnded('session', session.id)).toBe(true);
    vi.advanceTimersByTime(1);
    feed.completeUntil(performance.now());
    expect(feed.isEnded('session', session.id)).toBe(false);
  });

  it('tells every listener, also after one that fails', () => {
    const feed = new SignalFeed({ staleAfter: 10_000 });
    const heard: Signal[] = [];
    feed.onSignal(() => {
      throw new Error('mine');
    });
    feed.onSignal((signal) => void heard.push(signal));
    feed.receive(role, 900_000);
    expect(heard).toEqual([role]);
  });
});

describe('ExpiringSet', () => {
  it('frees what has expired, and holds no more than what has not', () => {
    const set = new ExpiringSet();
    for (let time = 0; time < 10_000; time++) {
      set.add(String(time), time + 100);
      set.sweep(time);
    }
    expect(set.size).toBe(100);
    expect([set.has('9899'), set.has('9900')]).toEqual([false, true]);
  });
});
