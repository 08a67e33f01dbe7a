import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { UnrecoverableError, type Job } from 'bullmq';
import { jobsConfig } from '../../config/jobs.config.js';
import type { RunnableJob } from '../job-row.js';
import { JobsRepository } from '../jobs.repository.js';
import type { Attempt } from './attempt.js';

/** So often a job may lose its worker before it is suspected. */
const bearable = 2;

/**
 * Jobs that have lost their worker more than once. Any of them may be what kills it, the others only ran beside it: in
 * each process they run one at a time, so that the one that kills is found, and takes no other suspect with it. The
 * ledger counts how often each has begun by itself; BullMQ's own count of starts cannot tell the two apart.
 */
@Injectable()
export class Suspects {
  private readonly tolerated: number;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly jobs: JobsRepository,
    @Inject(jobsConfig.KEY) private readonly config: ConfigType<typeof jobsConfig>,
  ) {
    this.tolerated = Math.min(bearable, config.maximumStarts);
  }

  /**
   * Runs the work at once; that of a suspect when no other suspect of this process runs.
   * @throws UnrecoverableError when the job has been started as often as the settings allow.
   */
  async run<Value>(job: Job, row: RunnableJob, attempt: Attempt, work: () => Promise<Value>): Promise<Value> {
    const lostStarts = job.attemptsStarted - job.attemptsMade - 1;
    if (lostStarts < this.tolerated) return work();
    const end = await this.turn(attempt);
    try {
      const starts = this.tolerated + (await attempt.throughOutages(() => this.jobs.countLoneStart(row)));
      if (starts > this.config.maximumStarts) {
        throw new UnrecoverableError(`started ${this.config.maximumStarts} times and never came to an end`);
      }
      return await work();
    } finally {
      end();
    }
  }

  private async turn(attempt: Attempt): Promise<() => void> {
    const before = this.last;
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.last = before.then(() => over);
    try {
      await attempt.unlessInterrupted(before);
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }
}
