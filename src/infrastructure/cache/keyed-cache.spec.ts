import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Metrics } from '../telemetry/metrics.js';
import { CacheCounters } from './cache-counters.js';
import { asJson } from './cached-thing.js';
import { KeyedCache, type SharedValues } from './keyed-cache.js';

/** What two processes share: values that come and go as JSON. */
class Shared implements SharedValues {
  readonly values = new Map<string, string>();
  reads = 0;

  async get<Value>(key: string): Promise<Value | undefined> {
    this.reads += 1;
    const text = this.values.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async set(key: string, value: unknown): Promise<void> {
    this.values.set(key, JSON.stringify(value));
  }
}

/** A database whose answers come when the test says so. */
class Source {
  value: string | null = 'first';
  loads = 0;
  private gate: Promise<void> = Promise.resolve();

  hold(): () => void {
    let release: () => void = () => undefined;
    this.gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  readonly load = async (): Promise<string | null> => {
    this.loads += 1;
    const { value, gate } = this;
    await gate;
    return value;
  };
}

const open = (shared: Shared, conditions = { mayRemember: () => true }) => {
  const metrics = new Metrics();
  const thing = { name: 'word', ttl: 300, codec: asJson<string | null>() };
  const cache = new KeyedCache(thing, shared, conditions, new CacheCounters(metrics));
  return { cache, metrics };
};

describe('KeyedCache', () => {
  let shared: Shared;
  let source: Source;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'] });
    // A clock at 0 would count as none.
    vi.advanceTimersByTime(1_000);
    shared = new Shared();
    source = new Source();
  });
  afterEach(() => void vi.useRealTimers());

  it('loads once for 500 callers at once, and not again for later ones', async () => {
    const { cache } = open(shared);
    const values = await Promise.all(Array.from({ length: 500 }, () => cache.wrap('a', source.load)));
    expect(new Set(values)).toEqual(new Set(['first']));
    expect(await cache.wrap('a', source.load)).toBe('first');
    expect(cache.peek('a')).toBe('first');
    expect(source.loads).toBe(1);
  });

  it('hands what one process loaded to another', async () => {
    await open(shared).cache.wrap('a', source.load);
    expect(await open(shared).cache.wrap('a', source.load)).toBe('first');
    expect(source.loads).toBe(1);
  });

  it('keeps a null, here and in Redis', async () => {
    source.value = null;
    const { cache } = open(shared);
    expect(await cache.wrap('a', source.load)).toBeNull();
    expect(await cache.wrap('a', source.load)).toBeNull();
    expect(await open(shared).cache.wrap('a', source.load)).toBeNull();
    expect(source.loads).toBe(1);
  });

  it('never brings back by a slow load what was changed meanwhile', async () => {
    const { cache } = open(shared);
    const release = source.hold();
    const before = cache.wrap('a', source.load);
    await vi.waitFor(() => expect(source.loads).toBe(1));

    source.value = 'second';
    cache.forget('a');
    const after = cache.wrap('a', source.load);
    release();
    expect(await before).toBe('first');
    expect(await after).toBe('second');
    expect(cache.peek('a')).toBe('second');
    expect([...shared.values.values()]).toEqual([]);
  });

  it('does not go by what a slower process wrote to Redis after the change, until that has expired there', async () => {
    const { cache } = open(shared);
    await cache.wrap('a', source.load);
    source.value = 'second';
    cache.forget('a');
    // Another process, which has not heard of the change, or a SET that a frozen Redis carries out late.
    await shared.set('word:a', { v: 'first' });
    expect(await cache.wrap('a', source.load)).toBe('second');

    vi.advanceTimersByTime(329_999);
    expect(await cache.wrap('a', source.load)).toBe('second');
    expect(source.loads).toBeGreaterThan(1);
    const { reads } = shared;
    vi.advanceTimersByTime(31_000);
    shared.values.clear();
    await cache.wrap('a', source.load);
    expect(shared.reads).toBe(reads + 1);
  });

  it('forgets everything of its kind at once', async () => {
    const { cache } = open(shared);
    await Promise.all(['a', 'b'].map((id) => cache.wrap(id, source.load)));
    cache.forget('*');
    expect([cache.peek('a'), cache.peek('b')]).toEqual([undefined, undefined]);
    source.value = 'second';
    expect(await cache.wrap('b', source.load)).toBe('second');
  });

  it('goes by nothing while changes may be unknown to this process', async () => {
    let fresh = true;
    const { cache } = open(shared, { mayRemember: () => fresh });
    await cache.wrap('a', source.load);
    fresh = false;
    source.value = 'second';
    expect(cache.peek('a')).toBeUndefined();
    expect(await cache.wrap('a', source.load)).toBe('second');
  });

  it('keeps no failure, and no value too large for Redis', async () => {
    const { cache } = open(shared);
    await expect(cache.wrap('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.wrap('a', source.load)).toBe('first');
    source.value = 'x'.repeat(70_000);
    await cache.wrap('b', source.load);
    expect([...shared.values.keys()]).toEqual(['word:a']);
  });

  it('counts hits by level, misses and fills', async () => {
    const { cache, metrics } = open(shared);
    await cache.wrap('a', source.load);
    await cache.wrap('a', source.load);
    const text = await metrics.registry.metrics();
    expect(text).toContain('cache_hits_total{thing="word",level="local"} 1');
    expect(text).toContain('cache_misses_total{thing="word"} 1');
    expect(text).toContain('cache_fills_total{thing="word"} 1');
  });
});
