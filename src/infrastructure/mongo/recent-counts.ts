import { LRUCache } from 'lru-cache';

/** Milliseconds for which a total is shown without being counted again. */
const goodFor = 10_000;
/** Fewer are counted for each page: it costs little, and whoever looks at so few misses the one just made. */
const fewest = 500;
const capacity = 1_000;

/**
 * Totals of lists. Counting a large list costs more than reading a page of it, and its total is never true for long: it
 * may be up to 10 s old. One count runs at a time for each list, however many ask.
 */
export class RecentCounts {
  /** Times are of performance.now(). */
  private readonly known = new LRUCache<string, { readonly total: number; readonly at: number }>({
    max: capacity,
  });
  private readonly running = new Map<string, Promise<number>>();

  /** The total of the list that `key` names. @throws what `count` throws; that is not remembered. */
  of(key: string, count: () => Promise<number>): Promise<number> {
    const known = this.known.get(key);
    if (known !== undefined && performance.now() - known.at < goodFor) return Promise.resolve(known.total);
    let running = this.running.get(key);
    if (running === undefined) {
      running = this.count(key, count).finally(() => this.running.delete(key));
      this.running.set(key, running);
    }
    return running;
  }

  private async count(key: string, count: () => Promise<number>): Promise<number> {
    // From before it was counted: what is told is never older than it says.
    const at = performance.now();
    const total = await count();
    if (total >= fewest) this.known.set(key, { total, at });
    return total;
  }
}
