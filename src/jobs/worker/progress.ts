import type { JobProgress } from '../job-progress.js';

/** Milliseconds between two writes: at most 4 of them a second. */
const pause = 250;
const longestNote = 200;

/**
 * What a running job says of itself. Saying it costs the handler nothing: the first word is written at once, of what
 * follows within a quarter of a second the last.
 */
export class Progress {
  private latest: JobProgress | undefined;
  private writing: Promise<void> | undefined;
  private isOver = false;
  private wake: (() => void) | undefined;

  constructor(
    /** May fail: progress is no effect, the next word or the end of the job makes up for it. */
    private readonly write: (progress: JobProgress) => Promise<unknown>,
  ) {}

  /** `percent` from 0 to 100; what is beyond is cut off. */
  readonly report = (percent: number, note?: string): void => {
    if (this.isOver || Number.isNaN(percent)) return;
    this.latest = {
      percent: Math.round(Math.min(100, Math.max(0, percent))),
      ...(note !== undefined && { note: note.slice(0, longestNote) }),
    };
    this.writing ??= this.writeAll();
  };

  /** Nothing more is written. What is on its way arrives before the end of the job, over the same connection. */
  end(): void {
    this.latest = undefined;
    this.isOver = true;
    this.wake?.();
  }

  private async writeAll(): Promise<void> {
    while (this.latest !== undefined) {
      const progress = this.latest;
      this.latest = undefined;
      await Promise.all([this.write(progress).catch(() => undefined), this.rest()]);
    }
    this.writing = undefined;
  }

  private async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
