/** The clock of every application in this process, to be set forward. Call it after startApi. */
export class MovedClock implements Disposable {
  private offset = 0;

  private constructor(
    private readonly clock: { now(): Date },
    private readonly original: () => Date,
  ) {
    clock.now = () => new Date(original().getTime() + this.offset);
  }

  static async take(): Promise<MovedClock> {
    const { Clock } = await import('../../src/common/clock.js');
    return new MovedClock(Clock.prototype, Clock.prototype.now);
  }

  forward(milliseconds: number): void {
    this.offset += milliseconds;
  }

  [Symbol.dispose](): void {
    this.clock.now = this.original;
  }
}

export const seconds = (count: number): number => count * 1_000;
export const minutes = (count: number): number => seconds(count * 60);
export const days = (count: number): number => minutes(count * 60 * 24);
