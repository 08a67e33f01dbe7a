/** How long nothing is asked after a call that found the server away, in milliseconds. */
const pauseAfterFailure = 1_000;

export interface BreakerOptions {
  /** Milliseconds that one call may take. */
  readonly timeLimit: number;
  /** Whether an error is the server's own answer: it is there, and says no. */
  isRefusal(error: Error): boolean;
  /** Told once when the server is found away, and for each new kind of refusal. */
  warn(error: unknown, message: string): void;
  /** Told once when it answers again. */
  healed(): void;
}

/**
 * Around calls that may fail without harm. While the server is away or frozen a caller waits for `timeLimit` at most,
 * and only one of them a second does.
 */
export class Breaker {
  private closedUntil = 0;
  private failing = false;
  private probing = false;
  private lastRefusal: string | undefined;

  constructor(private readonly options: BreakerOptions) {}

  /** The call's value; undefined when the server could not be asked, or refused. Never throws, never waits for long. */
  async run<Value>(call: () => Promise<Value>): Promise<Value | undefined> {
    if (performance.now() < this.closedUntil || this.probing) return undefined;
    // After a failure one caller finds out for all others whether the server is back.
    const isProbe = this.failing;
    if (isProbe) this.probing = true;
    try {
      const value = await this.inTime(call());
      this.succeeded();
      return value;
    } catch (error) {
      if (error instanceof Error && this.options.isRefusal(error)) this.refused(error);
      else this.failed(error);
      return undefined;
    } finally {
      if (isProbe) this.probing = false;
    }
  }

  private async inTime<Value>(answer: Promise<Value>): Promise<Value> {
    const { timeLimit } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const giveUp = () => reject(new Error(`no answer within ${timeLimit} ms`));
      // After what has arrived meanwhile is read: a process that was busy is late itself, not the server.
      timer = setTimeout(() => setImmediate(giveUp), timeLimit);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private succeeded(): void {
    if (this.failing) this.options.healed();
    this.failing = false;
    this.lastRefusal = undefined;
  }

  /** The call goes without, the next one is not held back. */
  private refused(error: Error): void {
    this.failing = false;
    if (this.lastRefusal === error.message) return;
    this.lastRefusal = error.message;
    this.options.warn(error, 'Redis refused an optional command');
  }

  private failed(error: unknown): void {
    this.closedUntil = performance.now() + pauseAfterFailure;
    if (!this.failing) this.options.warn(error, 'going on without Redis');
    this.failing = true;
  }
}
