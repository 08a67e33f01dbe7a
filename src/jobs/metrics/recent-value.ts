/**
 * A value that is asked for more often than it is worth reading: read at most once a while, by one reader at a time,
 * and never waited for longer than a limit. What cannot be read is not asked for again before the while is over.
 */
export class RecentValue<Value> {
  private reading: Promise<void> | undefined;
  private current: Promise<Value | undefined> = Promise.resolve(undefined);
  private freshUntil = -Infinity;

  /** `goodFor` and `timeLimit` in milliseconds. */
  constructor(
    private readonly read: () => Promise<Value>,
    private readonly goodFor: number,
    private readonly timeLimit: number,
  ) {}

  /** Undefined when it could not be read, or not in time. Never rejects. */
  get(): Promise<Value | undefined> {
    // A read that nobody waits for any more may still be under way: it is not joined by a second one.
    if (performance.now() < this.freshUntil || this.reading !== undefined) return this.current;
    this.freshUntil = performance.now() + this.goodFor;
    const value = this.read().catch(() => undefined);
    this.reading = value.then(() => {
      this.reading = undefined;
    });
    this.current = this.inTime(value);
    return this.current;
  }

  private async inTime(value: Promise<Value | undefined>): Promise<Value | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, this.timeLimit, undefined);
    });
    try {
      return await Promise.race([value, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
