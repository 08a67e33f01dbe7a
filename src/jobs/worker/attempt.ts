import { setTimeout as sleep } from 'node:timers/promises';
import { isDatabaseUnavailable } from '../../infrastructure/mongo/database-errors.js';

const outagePause = 500;

/** The limits of one attempt: its time, a cancellation, the end of the process, and the absence of the database. */
export class Attempt {
  constructor(
    private readonly draining: AbortSignal,
    private readonly cancelled: AbortSignal,
  ) {}

  /** Ended from outside: nothing failed. */
  get isInterrupted(): boolean {
    return this.draining.aborted || this.cancelled.aborted;
  }

  /** Work that the database's absence cuts short begins again once it is back: an outage is not the job's failure. */
  async throughOutages<Value>(work: () => Promise<Value>): Promise<Value> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isDatabaseUnavailable(error)) throw error;
        await sleep(outagePause, undefined, { signal: this.draining });
      }
    }
  }

  /** @throws Error when `work` takes longer than `limit` milliseconds; what it still does then is in vain. */
  async within<Value>(limit: number, work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    const overtime = new AbortController();
    const timer = setTimeout(() => overtime.abort(new Error(`not done within ${limit} ms`)), limit);
    const signal = AbortSignal.any([overtime.signal, this.draining, this.cancelled]);
    try {
      return await Promise.race([work(signal), whenAborted(signal)]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = () => reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
}
