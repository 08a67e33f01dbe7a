import { availableParallelism } from 'node:os';
import { DomainError } from '../../common/domain-error.js';
import { Places } from '../../common/places.js';

export interface HashingPoolOptions {
  /** How many tasks run at once. */
  readonly workers: number;
  /** Milliseconds of work that may wait. */
  readonly backlog: number;
  /** Milliseconds that a task takes, until one was measured. */
  readonly expectedDuration: number;
}

/** How much a new measurement moves the expectation. */
const weight = 0.2;

/** One thread stays free for everything else that needs one, such as name look-ups. */
export const hashingWorkers = Math.max(1, availableParallelism() - 1);

/** Runs costly work a few at a time and refuses what could not begin within the backlog. */
export class HashingPool {
  private readonly places: Places;
  private expectedDuration: number;

  constructor(private readonly options: HashingPoolOptions) {
    this.places = new Places(options.workers);
    this.expectedDuration = options.expectedDuration;
  }

  /** @throws DomainError unavailable / BUSY when the task would wait too long; else whatever the task throws. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (!this.places.take()) await this.queue();

    const start = performance.now();
    try {
      return await task();
    } finally {
      this.expectedDuration += weight * (performance.now() - start - this.expectedDuration);
      this.places.leave();
    }
  }

  private async queue(): Promise<void> {
    const wait = ((this.places.queued + 1) * this.expectedDuration) / this.options.workers;
    if (wait > this.options.backlog) {
      throw new DomainError('unavailable', 'BUSY', 'The service is busy, please try again.', {
        retryAfter: Math.max(1, Math.ceil(this.options.backlog / 1_000)),
      });
    }
    await this.places.queue().turn;
  }
}
