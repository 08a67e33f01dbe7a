import { Injectable } from '@nestjs/common';

/**
 * The time that all processes share: the database's, as far as it was learned, and until then this process's own.
 * Injectable, so that a test can move it.
 */
@Injectable()
export class Clock {
  /** Milliseconds by which performance.now() is short of the shared time. */
  private base: number | undefined;

  now(): Date {
    return new Date(this.base === undefined ? Date.now() : this.base + performance.now());
  }

  /** Milliseconds by which this process's own clock is ahead of the shared time; negative when it is behind. */
  get lead(): number {
    return this.base === undefined ? 0 : Date.now() - (this.base + performance.now());
  }

  /**
   * It was `time` somewhere between `from` and `to` (of performance.now()): what was known is only moved as far as
   * that tells for certain, so that the time it took to ask does not make the clock jump.
   */
  follow(time: Date, from: number, to: number): void {
    const least = time.getTime() - to;
    // The time is told in whole milliseconds.
    const most = time.getTime() + 1 - from;
    this.base = Math.min(Math.max(this.base ?? (least + most) / 2, least), most);
  }
}
