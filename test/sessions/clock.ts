/** The clock of every application in this process: it stands until it is set forward. Take it after startApi. */
export class HandClock implements Disposable {
  private time: number;

  private constructor(
    private readonly clock: { now(): Date },
    private readonly original: () => Date,
  ) {
    this.time = Date.now();
    clock.now = () => new Date(this.time);
  }

  static async take(): Promise<HandClock> {
    const { Clock } = await import('../../src/common/clock.js');
    return new HandClock(Clock.prototype, Clock.prototype.now);
  }

  forward(milliseconds: number): void {
    this.time += milliseconds;
  }

  [Symbol.dispose](): void {
    this.clock.now = this.original;
  }
}

export const seconds = (count: number): number => count * 1_000;
export const minutes = (count: number): number => seconds(count * 60);
export const days = (count: number): number => minutes(count * 60 * 24);
