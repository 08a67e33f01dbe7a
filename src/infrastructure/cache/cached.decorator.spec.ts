import { Test, type TestingModule } from '@nestjs/testing';
import { DiscoveryModule } from '@nestjs/core';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { roleIds, sessionIds, userIds } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import type { Signal } from '../mongo/signals/signal.js';
import { Metrics } from '../telemetry/metrics.js';
import { CacheCounters } from './cache-counters.js';
import { CacheService } from './cache.service.js';
import { Cached, type Kept } from './cached.decorator.js';
import { CachedMethods } from './cached-methods.js';
import type { CachedThing } from './cached-thing.js';
import { KeyedCache } from './keyed-cache.js';

interface Figure {
  readonly text: string;
  readonly parts: string[];
}

class Figures {
  loads = 0;
  readonly failures = new Set<string>();

  @Cached(60, { name: 'figures', endedBy: ({ kind }) => kind === 'role' })
  async of(principal: Principal | undefined, name: string, sample = 3): Promise<Figure> {
    this.loads += 1;
    await new Promise(setImmediate);
    if (this.failures.has(name)) throw new Error('away');
    return { text: `${name} ${sample} for ${principal?.userId ?? 'all'}`, parts: ['one'] };
  }

  @Cached(60, { name: 'nothing' })
  async nothing(): Promise<null> {
    this.loads += 1;
    return null;
  }
}

const principal = (digit: string, permissions: Principal['permissions']): Principal => ({
  kind: 'user',
  userId: userIds.parse(digit.repeat(24)),
  sessionId: sessionIds.parse(digit.repeat(24)),
  permissions,
});

/** What the cache of a process is, without the services behind it. */
class Caches {
  private readonly heard: ((signal: Signal) => void)[] = [];
  private readonly counters = new CacheCounters(new Metrics());
  private readonly redis = { get: async () => undefined, set: async () => undefined };

  of<Value, Stored>(thing: CachedThing<Value, Stored>): KeyedCache<Value, Stored> {
    const cache = new KeyedCache(thing, this.redis, { mayRemember: () => true }, this.counters);
    this.heard.push((signal) => {
      const id = thing.endedBy?.(signal);
      if (id !== undefined) cache.forget(id);
    });
    return cache;
  }

  tell(signal: Signal): void {
    for (const hear of this.heard) hear(signal);
  }
}

describe('@Cached', () => {
  let module: TestingModule;
  let figures: Figures;
  let caches: Caches;
  beforeEach(async () => {
    caches = new Caches();
    module = await Test.createTestingModule({
      imports: [DiscoveryModule],
      providers: [Figures, CachedMethods, { provide: CacheService, useValue: caches }],
    }).compile();
    await module.init();
    figures = module.get(Figures);
    return () => module.close();
  });

  it('runs the method once for 500 callers at once, and not again for later ones', async () => {
    const many = await Promise.all(Array.from({ length: 500 }, () => figures.of(undefined, 'a')));
    expect(new Set(many).size).toBe(1);
    expect(await figures.of(undefined, 'a')).toEqual({ text: 'a 3 for all', parts: ['one'] });
    expect(figures.loads).toBe(1);
  });

  it('gives nobody what was made for another: each argument counts, a principal with all that it may do', async () => {
    const one = principal('1', new Set(['users:read']));
    const other = principal('2', new Set(['users:read']));
    const more = principal('1', new Set(['users:read', 'roles:read']));
    const calls = [
      await figures.of(one, 'a'),
      await figures.of(other, 'a'),
      await figures.of(more, 'a'),
      await figures.of(one, 'b'),
      await figures.of(one, 'a', 4),
    ];
    expect(figures.loads).toBe(calls.length);
    expect(calls.map(({ text }) => text)).toEqual([
      `a 3 for ${one.userId}`,
      `a 3 for ${other.userId}`,
      `a 3 for ${one.userId}`,
      `b 3 for ${one.userId}`,
      `a 4 for ${one.userId}`,
    ]);
    // The same principal once more, from another request.
    await figures.of(principal('1', new Set(['users:read'])), 'a');
    expect(figures.loads).toBe(calls.length);
  });

  it('keeps a null, and no failure', async () => {
    expect([await figures.nothing(), await figures.nothing(), figures.loads]).toEqual([null, null, 1]);
    figures.failures.add('a');
    await expect(figures.of(undefined, 'a')).rejects.toThrow('away');
    figures.failures.clear();
    expect(await figures.of(undefined, 'a')).toMatchObject({ text: 'a 3 for all' });
  });

  it('is ended by the signals that its declaration names', async () => {
    await figures.of(undefined, 'a');
    caches.tell({ kind: 'user', id: userIds.parse('1'.repeat(24)) });
    await figures.of(undefined, 'a');
    expect(figures.loads).toBe(1);
    caches.tell({ kind: 'role', id: roleIds.parse('1'.repeat(24)) });
    await figures.of(undefined, 'a');
    expect(figures.loads).toBe(2);
  });

  it('lets no caller change what the others are given', async () => {
    const { parts } = await figures.of(undefined, 'a');
    expect(() => parts.push('mine')).toThrow(TypeError);
  });

  it('runs each time in a process that keeps nothing', async () => {
    const alone = new Figures();
    await alone.of(undefined, 'a');
    await alone.of(undefined, 'a');
    expect(alone.loads).toBe(2);
  });

  it('takes no method whose value is another one after JSON', () => {
    expectTypeOf<Kept<Figure[]>>().toEqualTypeOf<unknown>();
    expectTypeOf<Kept<{ at: Date }>>().toEqualTypeOf<'its value does not survive JSON'>();
    expectTypeOf<Kept<ReadonlySet<string>>>().toEqualTypeOf<'its value does not survive JSON'>();
  });
});
