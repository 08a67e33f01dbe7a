import { Places } from '../../common/places.js';
import type { Attempt } from './attempt.js';

/** Jobs of a queue that usually run longer than this (milliseconds) are not taken before there is a place for them. */
const short = 50;
/** What one run counts for the next estimate, and the longest that it counts as: a single long job is enough to notice. */
const weight = 0.1;
const longest = 1_000;
/** Short jobs that are held at most, running or not, for each place. */
const held = 3;
/** Milliseconds after which a job that was taken too early goes back, for other workers to have it. */
const patience = 1_000;

/**
 * The places of one queue in this process. Of short jobs more are taken from BullMQ than have a place, so that their rows
 * are read while others run, many at a time; else 5 ms of work would wait as long again for the ledger.
 */
export class Lane {
  private readonly places: Places;
  private usual = longest;

  /** @param concurrency how many jobs run at once */
  constructor(
    private readonly concurrency: number,
    private readonly mayTakeAhead: boolean,
  ) {
    this.places = new Places(concurrency);
  }

  /** How many jobs this process should hold now. */
  get wanted(): number {
    return this.mayTakeAhead && this.usual <= short ? held * this.concurrency : this.concurrency;
  }

  /** Runs the work when there is a place for it; the first to come is the first to run. @throws what the work throws. */
  async run<Value>(attempt: Attempt, work: () => Promise<Value>): Promise<Value> {
    if (!this.places.take()) await this.wait(attempt);
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.usual += weight * (Math.min(longest, performance.now() - start) - this.usual);
      this.places.leave();
    }
  }

  /** Waits for the place that somebody leaves. @throws Error when the attempt is ended from outside, or waits in vain. */
  private async wait(attempt: Attempt): Promise<void> {
    const end = (): void => {
      this.usual = longest;
      attempt.interrupt(new Error('other jobs take too long'));
    };
    const { turn, withdraw } = this.places.queue();
    const timer = setTimeout(end, patience);
    try {
      await attempt.unlessInterrupted(turn);
    } catch (error) {
      withdraw();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
