import { LRUCache } from 'lru-cache';
import type { Budget } from './shared-windows.js';

const capacity = 50_000;

interface Window {
  spent: number;
  endsAt: number;
}

/**
 * What this process has let through of each budget, asked or not: of the same size, so that a Redis that comes and goes
 * leaves no more tries than one that stays. Bounded in number.
 */
export class LocalBudgets {
  private readonly windows = new LRUCache<string, Window>({ max: capacity });

  /** Spends one of each, or none of any. Returns 0, or the milliseconds to wait. */
  reserve(budgets: readonly Budget[], window: number): number {
    const now = performance.now();
    const wait = Math.max(...budgets.map((budget) => this.waitFor(budget, now)));
    if (wait > 0) return wait;
    for (const { key } of budgets) {
      const current = this.current(key, now);
      if (current === undefined) this.windows.set(key, { spent: 1, endsAt: now + window });
      else current.spent += 1;
    }
    return 0;
  }

  /** The windows of Redis are the ones that count: theirs end when those do. `lasts` in milliseconds, by budget. */
  align(budgets: readonly Budget[], lasts: readonly number[]): void {
    const now = performance.now();
    for (const [index, { key }] of budgets.entries()) {
      const window = this.windows.get(key);
      const lasting = lasts[index];
      if (window !== undefined && lasting !== undefined) window.endsAt = now + lasting;
    }
  }

  refund(budgets: readonly Budget[]): void {
    const now = performance.now();
    for (const { key } of budgets) {
      const current = this.current(key, now);
      if (current === undefined) continue;
      current.spent -= 1;
      if (current.spent <= 0) this.windows.delete(key);
    }
  }

  private waitFor({ key, limit }: Budget, now: number): number {
    const current = this.current(key, now);
    return current !== undefined && current.spent >= limit ? current.endsAt - now : 0;
  }

  private current(key: string, now: number): Window | undefined {
    const window = this.windows.get(key);
    return window !== undefined && now < window.endsAt ? window : undefined;
  }
}
