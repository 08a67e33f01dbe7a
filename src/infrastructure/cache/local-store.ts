import { LRUCache } from 'lru-cache';

/** Milliseconds. */
const longestStay = 30_000;

/** So that a null that was stored is told from nothing. */
interface Held<Value> {
  readonly value: Value;
}

/** What this process holds itself of one kind of thing. */
export class LocalStore<Value> {
  private readonly entries: LRUCache<string, Held<Value>>;

  constructor(mostEntries = 10_000) {
    this.entries = new LRUCache({
      max: mostEntries,
      ttl: longestStay,
      // Named, so that a test can move its clock.
      perf: performance,
      // Milliseconds for which the time is not asked again: asking is a good part of a look-up.
      ttlResolution: 100,
    });
  }

  get(id: string): Held<Value> | undefined {
    return this.entries.get(id);
  }

  /** `ttl` in milliseconds. */
  set(id: string, value: Value, ttl: number): void {
    this.entries.set(id, { value }, { ttl: Math.min(ttl, longestStay) });
  }

  delete(id: string): void {
    this.entries.delete(id);
  }

  clear(): void {
    this.entries.clear();
  }
}
