import { AsyncResource } from 'node:async_hooks';
import type { CacheCounters, ThingCounters } from './cache-counters.js';
import { cacheKey } from '../../common/cache-key.js';
import type { CachedThing } from './cached-thing.js';
import { LocalStore } from './local-store.js';
import { RecentChanges } from './recent-changes.js';

/** JSON beyond this is not worth its way to Redis and back. */
const mostBytes = 65_536;
/**
 * Milliseconds after a change within which an older value may still be written to Redis: by a process that hears of
 * the change later, or whose load was under way.
 */
const latestFill = 30_000;
export const longestTtl = 3_600;

/** What processes share: SharedStore. */
export interface SharedValues {
  get<Value>(key: string): Promise<Value | undefined>;
  /** `ttl` in milliseconds. */
  set(key: string, value: unknown, ttl: number): Promise<void>;
}

export interface CacheConditions {
  /** Whether this process knows all changes but those of the last seconds, and runs outside a transaction. */
  mayRemember(): boolean;
}

/** So that a null that was stored is told from nothing. */
interface Box<Stored> {
  readonly v: Stored;
}

/** A load under way. */
interface Flight<Value> {
  value: Promise<Value> | undefined;
  /** Whether the thing has not changed since it began. */
  isCurrent(): boolean;
}

/** One kind of cached thing. Whatever Redis does, no value is given away once its change is known here. */
export class KeyedCache<Value, Stored> {
  private readonly local: LocalStore<Value>;
  private readonly loads = new Map<string, Flight<Value>>();
  private readonly recent: RecentChanges;
  private readonly counters: ThingCounters;
  /** Milliseconds. */
  private readonly ttl: number;
  // A load that happens to start inside a request's context or transaction is not that request's alone.
  private readonly outside = new AsyncResource('KeyedCache');

  constructor(
    private readonly thing: CachedThing<Value, Stored>,
    private readonly shared: SharedValues,
    private readonly conditions: CacheConditions,
    counters: CacheCounters,
  ) {
    const { name, ttl = longestTtl } = thing;
    if (ttl > longestTtl) throw new Error(`${name}: nothing is cached for more than ${longestTtl} s`);
    this.ttl = ttl * 1_000;
    this.counters = counters.of(name);
    this.local = new LocalStore(thing.mostHeld);
    this.recent = new RecentChanges(this.ttl + latestFill);
  }

  /** What this process holds, without waiting; undefined when it holds nothing, or may not go by it. */
  peek(id: string): Value | undefined {
    const held = this.local.get(id);
    if (held === undefined || !this.conditions.mayRemember()) return undefined;
    this.counters.localHit.inc();
    return held.value;
  }

  /** The value, loaded once for any number of callers at once. @throws whatever `load` throws; that is not kept. */
  wrap(id: string, load: () => Promise<Value>): Promise<Value> {
    if (!this.conditions.mayRemember()) return load();
    const held = this.local.get(id);
    if (held !== undefined) {
      this.counters.localHit.inc();
      return Promise.resolve(held.value);
    }
    return this.loads.get(id)?.value ?? this.start(id, load);
  }

  /** Drops what is remembered of it, of all when `id` is '*': its change is committed. */
  forget(id: string): void {
    this.recent.add(id, performance.now());
    if (id === '*') {
      this.local.clear();
      this.loads.clear();
    } else {
      this.local.delete(id);
      this.loads.delete(id);
    }
  }

  private start(id: string, load: () => Promise<Value>): Promise<Value> {
    const flight: Flight<Value> = { isCurrent: () => this.loads.get(id) === flight, value: undefined };
    this.loads.set(id, flight);
    const value = this.outside.runInAsyncScope(() => this.find(id, load, flight.isCurrent));
    flight.value = value;
    const land = (): void => {
      if (flight.isCurrent()) this.loads.delete(id);
    };
    value.then(land, land);
    return value;
  }

  /** `isCurrent` turns false when the thing changes meanwhile: what was found is then for those who asked before. */
  private async find(id: string, load: () => Promise<Value>, isCurrent: () => boolean): Promise<Value> {
    const { name, codec } = this.thing;
    const key = cacheKey(name, id);
    const mayShare = !this.recent.hasWithin(id, this.ttl + latestFill, performance.now());
    const box = mayShare ? await this.shared.get<Box<Stored>>(key) : undefined;
    if (box !== undefined) {
      const value = codec.restore(box.v);
      if (isCurrent()) this.local.set(id, value, this.ttl);
      this.counters.sharedHit.inc();
      return value;
    }

    this.counters.miss.inc();
    const value = await load();
    if (!isCurrent()) return value;
    this.counters.fill.inc();
    this.local.set(id, value, this.ttl);
    if (mayShare) this.share(key, codec.store(value));
    return value;
  }

  private share(key: string, stored: Stored): void {
    const box: Box<Stored> = { v: stored };
    if (Buffer.byteLength(JSON.stringify(box)) <= mostBytes) void this.shared.set(key, box, this.ttl);
  }
}
