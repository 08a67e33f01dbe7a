import { Injectable } from '@nestjs/common';
import { cacheKey } from '../../common/cache-key.js';
import { SignalFeed } from '../mongo/signals/signal-feed.js';
import { Signals } from '../mongo/signals/signals.js';
import { UnitOfWork } from '../mongo/unit-of-work.js';
import { CacheCounters } from './cache-counters.js';
import type { CachedThing } from './cached-thing.js';
import { KeyedCache } from './keyed-cache.js';
import { SharedStore } from './shared-store.js';

/**
 * What is expensive to find out, kept for a while: in this process for 30 s at most, and for its time to live in Redis.
 * Correct whatever Redis does, because the signals in MongoDB say what may no longer be gone by; a process that does
 * not hear them loads every time.
 */
@Injectable()
export class CacheService {
  private readonly names = new Set<string>();

  constructor(
    private readonly shared: SharedStore,
    private readonly feed: SignalFeed,
    private readonly signals: Signals,
    private readonly unitOfWork: UnitOfWork,
    private readonly counters: CacheCounters,
  ) {}

  /** The cache of one kind of thing. Made once, where the thing is declared. @throws Error when its name is taken. */
  of<Value, Stored>(thing: CachedThing<Value, Stored>): KeyedCache<Value, Stored> {
    if (this.names.has(thing.name)) throw new Error(`two cached things are called ${thing.name}`);
    this.names.add(thing.name);
    const conditions = {
      // What a transaction has changed is neither for others nor what they hold for it.
      mayRemember: () => this.feed.isFresh && !this.unitOfWork.isRunning,
    };
    const cache = new KeyedCache(thing, this.shared, conditions, this.counters);
    this.feed.onSignal((signal) => {
      const id = signal.kind === 'cache' ? idOf(thing.name, signal.id) : thing.endedBy?.(signal);
      if (id !== undefined) cache.forget(id);
    });
    // What was told before this one was made, it has not heard: at first it goes by nothing that Redis holds.
    if (this.feed.isFresh) cache.forget('*');
    return cache;
  }

  /** Ends what every process remembers of it, of all of that kind with '*'. Joins the running unit of work. */
  async del(thing: string, id: string): Promise<void> {
    const key = cacheKey(thing, id);
    await this.signals.emit({ kind: 'cache', id: key });
    await this.unitOfWork.afterCommit(() => (id === '*' ? this.delPattern(key) : this.shared.delete(key)));
  }

  /** Makes room in Redis: keys that fit a pattern. What processes hold themselves ends by `del`. */
  async delPattern(pattern: string): Promise<void> {
    await this.shared.deleteMatching(pattern);
  }
}

function idOf(thing: string, key: string): string | undefined {
  return key.startsWith(`${thing}:`) ? key.slice(thing.length + 1) : undefined;
}
