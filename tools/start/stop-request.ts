const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C comes twice within milliseconds: from the terminal, and forwarded by npm. */
const SAME_PRESS_MS = 250;
const ORPHANED_POLL_MS = 250;

/** The wish to stop, in two degrees: drain (finish what runs), then hurry (at once). */
export class StopRequest {
  private readonly draining = new AbortController();
  private readonly hurrying = new AbortController();
  private drainedAt = 0;

  readonly drain = this.draining.signal;
  readonly hurry = this.hurrying.signal;

  /** The first call asks to drain, a later one to hurry. */
  ask(): void {
    if (!this.drain.aborted) {
      this.drainedAt = Date.now();
      this.draining.abort();
    } else if (Date.now() - this.drainedAt > SAME_PRESS_MS) {
      this.hurrying.abort();
    }
  }

  /** Asks on Ctrl-C, SIGTERM, a closed terminal and when orphaned, until the returned function is called. */
  listen(orphaned: () => boolean): () => void {
    const watch = setInterval(() => {
      if (!this.drain.aborted && orphaned()) this.ask();
    }, ORPHANED_POLL_MS);
    const onSignal = (): void => this.ask();
    for (const signal of SIGNALS) process.on(signal, onSignal);
    return () => {
      clearInterval(watch);
      for (const signal of SIGNALS) process.off(signal, onSignal);
    };
  }
}

/** Resolves when the signal is (or was) given. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
