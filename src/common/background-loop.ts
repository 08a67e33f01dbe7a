/**
 * Repeats work, one run at a time: after each pause, and at once when woken. Its runs belong to no request, whoever
 * wakes it: they start from the loop's own context.
 */
export class BackgroundLoop {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private woken = false;
  private endPause: (() => void) | undefined;

  constructor(
    /** Milliseconds between two runs. */
    private readonly pause: number,
    /** Must not fail: it handles its own errors. */
    private readonly work: () => Promise<void>,
  ) {}

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  start(): void {
    this.running ??= this.repeat();
  }

  wake(): void {
    this.woken = true;
    this.endPause?.();
  }

  /** Resolves when the run under way is over; no other follows. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  private async repeat(): Promise<void> {
    while (!this.isStopping) {
      this.woken = false;
      await this.work();
      if (!this.woken) await this.rest();
    }
  }

  private async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.pause);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.endPause = undefined;
  }
}
