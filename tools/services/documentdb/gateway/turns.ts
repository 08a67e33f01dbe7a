import { setTimeout as pause } from 'node:timers/promises';

/** Nobody waits longer for a turn: what holds it may itself wait for something that only comes after. */
const PATIENCE_MS = 5_000;

/** Lets those that got into each other's way go on one at a time, as far as that can be had. */
export class Turns {
  private last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn, or after a while all the same; the answer is to be called at its end. */
  async take(): Promise<() => void> {
    const before = this.last;
    let end: () => void = () => undefined;
    this.last = new Promise((resolve) => (end = resolve));
    const patience = new AbortController();
    const waited = pause(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([before, waited]);
    patience.abort();
    return end;
  }
}
