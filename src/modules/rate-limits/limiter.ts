import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Rate } from '../../config/rate-limit.js';
import { SharedWindows } from './shared-windows.js';

/** How many keys a process remembers; beyond that it asks again, or counts anew while Redis is away. */
const capacity = 50_000;
/** How long a refusal is repeated without asking, in milliseconds: a flood that is refused costs Redis nothing. */
const refusalMemory = 1_000;

export interface Verdict {
  readonly allowed: boolean;
  /** How many more the window has room for, as far as this process knows. */
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly endsIn: number;
}

/** What this process holds of one window. Times are of performance.now(). */
class Allowance {
  /** Taken from the window already, for requests to come. */
  leased = 0;
  left = 0;
  /** Let through in this window while Redis was away: it is told when it is back. */
  unasked = 0;
  endsAt = 0;
  refusedUntil = 0;
  waiting = 0;
  asking: Promise<void> | undefined;

  /** The verdict on one more request; undefined when that cannot be told without asking. */
  decide(now: number): Verdict | undefined {
    if (now < this.endsAt && this.leased > 0) {
      this.leased -= 1;
      return { allowed: true, remaining: this.leased + this.left, endsIn: this.endsAt - now };
    }
    if (now < this.refusedUntil) return { allowed: false, remaining: 0, endsIn: this.endsAt - now };
    return undefined;
  }
}

/**
 * Counts requests by key over all processes. A process leases small portions of a window, so that most requests ask
 * nobody: what it has leased is counted as used, so that there are never too many, and a portion is at most 1/300 of
 * the limit and shrinks with what is left, so that three processes refuse at most 1 % too early.
 * While Redis is away each process goes on alone, from what it last knew.
 */
@Injectable()
export class Limiter {
  private readonly allowances = new LRUCache<string, Allowance>({ max: capacity });

  constructor(@Inject(SharedWindows) private readonly shared: Pick<SharedWindows, 'take'>) {}

  /** One more request of the key. No promise when the answer is known: a promise costs more than the count. */
  take(key: string, rate: Rate): Verdict | Promise<Verdict> {
    const allowance = this.allowanceOf(key);
    return allowance.decide(performance.now()) ?? this.ask(allowance, key, rate);
  }

  private allowanceOf(key: string): Allowance {
    let allowance = this.allowances.get(key);
    if (allowance === undefined) this.allowances.set(key, (allowance = new Allowance()));
    return allowance;
  }

  /** Those who come while one asks wait for it, and then one of them asks for all. */
  private async ask(allowance: Allowance, key: string, rate: Rate): Promise<Verdict> {
    allowance.waiting += 1;
    try {
      for (;;) {
        await (allowance.asking ??= this.renew(allowance, key, rate));
        const verdict = allowance.decide(performance.now());
        if (verdict !== undefined) return verdict;
      }
    } finally {
      allowance.waiting -= 1;
    }
  }

  private async renew(allowance: Allowance, key: string, rate: Rate): Promise<void> {
    const askedAt = performance.now();
    try {
      const unasked = askedAt < allowance.endsAt ? allowance.unasked : 0;
      const portion = await this.shared.take(key, rate, { waiting: allowance.waiting, unasked });
      if (portion === undefined) {
        this.grantAlone(allowance, rate);
      } else {
        allowance.unasked = 0;
        allowance.leased = portion.granted;
        allowance.left = portion.left;
        // From before the question: a lease never outlives its window.
        allowance.endsAt = askedAt + portion.lasts;
      }
      if (allowance.leased === 0) {
        allowance.refusedUntil = Math.min(allowance.endsAt, performance.now() + refusalMemory);
      }
    } finally {
      allowance.asking = undefined;
    }
  }

  private grantAlone(allowance: Allowance, { limit, window }: Rate): void {
    const now = performance.now();
    if (now >= allowance.endsAt) {
      allowance.endsAt = now + window;
      allowance.left = limit;
      allowance.unasked = 0;
    }
    allowance.leased = Math.min(allowance.left, allowance.waiting);
    allowance.left -= allowance.leased;
    allowance.unasked += allowance.leased;
  }
}
