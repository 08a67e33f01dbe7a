import { setTimeout as sleep } from 'node:timers/promises';
import { isDatabaseUnavailable } from '../../infrastructure/mongo/database-errors.js';

const outagePause = 500;

/**
 * The limits of one attempt: its time, a cancellation, the end of the process, and the absence of the database. Signals
 * are made only for who asks for one: for short jobs they would cost more than all the rest.
 */
export class Attempt {
  private interruption: Error | undefined;
  private cancelled = false;
  private controller: AbortController | undefined;
  private refuse: ((reason: Error) => void) | undefined;

  /** Ended from outside: nothing failed. */
  get isInterrupted(): boolean {
    return this.interruption !== undefined;
  }

  get isCancelled(): boolean {
    return this.cancelled;
  }

  /** Aborted when the time is up, the job is cancelled or the process ends. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.interruption !== undefined) this.controller.abort(this.interruption);
    }
    return this.controller.signal;
  }

  interrupt(reason: Error): void {
    if (this.interruption !== undefined) return;
    this.interruption = reason;
    this.end(reason);
  }

  /** Its job is over in the ledger. */
  cancel(): void {
    this.cancelled = true;
    this.interrupt(new Error('the job was cancelled'));
  }

  /** Work that the database's absence cuts short begins again once it is back: an outage is not the job's failure. */
  async throughOutages<Value>(work: () => Promise<Value>): Promise<Value> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isDatabaseUnavailable(error)) throw error;
        await sleep(outagePause, undefined, { signal: this.signal });
      }
    }
  }

  /** Waits for it. @throws Error when the attempt is ended from outside before. */
  async unlessInterrupted(event: Promise<void>): Promise<void> {
    if (this.interruption !== undefined) throw this.interruption;
    await new Promise<void>((resolve, reject) => {
      this.refuse = reject;
      void event.then(resolve);
    });
  }

  /** @throws Error when `work` takes longer than `limit` milliseconds; what it still does then is in vain. */
  async within<Value>(limit: number, work: () => Promise<Value>): Promise<Value> {
    if (this.interruption !== undefined) throw this.interruption;
    const timer = setTimeout(() => this.end(new Error(`not done within ${limit} ms`)), limit);
    try {
      return await new Promise<Value>((resolve, reject) => {
        this.refuse = reject;
        work().then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
      // A further one has a time of its own.
      if (this.interruption === undefined) this.controller = undefined;
    }
  }

  private end(reason: Error): void {
    this.controller?.abort(reason);
    this.refuse?.(reason);
  }
}
