import type { Signal } from '../mongo/signals/signal.js';

/** All that is to know of something cached, declared in one place: its key, its time to live, what ends it. */
export interface CachedThing<Value, Stored = Value> {
  /** Its keys are '<name>:<id>'. */
  readonly name: string;
  /** Seconds for which it may stay in Redis, at most 3,600; that long too when absent. */
  readonly ttl?: number;
  /** How many of it one process holds itself; 10,000 when absent. */
  readonly mostHeld?: number;
  /** Whose value a signal is about; '*' when it may be anybody's. `CacheService.del` works without. */
  endedBy?(signal: Signal): string | undefined;
  /** To and from what JSON can carry. */
  readonly codec: { store(value: Value): Stored; restore(stored: Stored): Value };
}

/** For values that JSON carries as they are. */
export function asJson<Value>(): CachedThing<Value>['codec'] {
  return { store: (value) => value, restore: (stored) => stored };
}
