import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { UnrecoverableError, type Job } from 'bullmq';
import { jobsConfig } from '../../config/jobs.config.js';
import type { RunnableJob } from '../job-row.js';
import { JobsRepository } from '../jobs.repository.js';
import type { Attempt } from './attempt.js';
import type { Lane } from './lane.js';

/** One hand-out of a job by BullMQ. */
interface SuspectedRun {
  readonly job: Pick<Job, 'stalledCounter' | 'attemptsMade'>;
  readonly row: RunnableJob;
  readonly attempt: Attempt;
}

/** So often a job may lose its worker before it is suspected. */
const bearable = 2;

/**
 * Jobs that have lost their worker more than once. Any of them may be what kills it, the others only ran beside it: in
 * each process they run one at a time, so that the one that kills is found, and takes no other suspect with it.
 *
 * BullMQ counts how often a job was found without its worker, which tells a job that was left from one that a worker
 * gave back when it had to end. It cannot tell a suspect that ran from one that was only waiting for its turn beside
 * it: the ledger counts how often each has begun by itself in its present attempt.
 */
@Injectable()
export class Suspects {
  private readonly logger = new Logger(Suspects.name);
  private readonly tolerated: number;
  private last: Promise<void> = Promise.resolve();

  constructor(
    @Inject(JobsRepository)
    private readonly jobs: Pick<JobsRepository, 'countLoneStart' | 'uncountLoneStart'>,
    @Inject(jobsConfig.KEY) private readonly config: Pick<ConfigType<typeof jobsConfig>, 'maximumStarts'>,
  ) {
    this.tolerated = Math.min(bearable, config.maximumStarts);
  }

  /**
   * Runs the work when the lane has a place for it; that of a suspect when no other suspect of this process runs.
   * @throws UnrecoverableError when this attempt was started as often as the settings allow.
   */
  async run<Value>(
    { job, row, attempt }: SuspectedRun,
    lane: Lane,
    work: () => Promise<Value>,
  ): Promise<Value> {
    if (job.stalledCounter < this.tolerated) return lane.run(attempt, work);
    const end = await this.turn(attempt);
    try {
      return await lane.run(attempt, () => this.runCounted({ job, row, attempt }, work));
    } finally {
      end();
    }
  }

  private async runCounted<Value>(
    { job, row, attempt }: SuspectedRun,
    work: () => Promise<Value>,
  ): Promise<Value> {
    const number = job.attemptsMade + 1;
    const starts =
      this.tolerated + (await attempt.throughOutages(() => this.jobs.countLoneStart(row, number)));
    if (starts > this.config.maximumStarts) {
      throw new UnrecoverableError(`started ${this.config.maximumStarts} times and never came to an end`);
    }
    try {
      return await work();
    } catch (error) {
      if (attempt.isInterrupted) await this.takeBack(row);
      throw error;
    }
  }

  /** It was the worker that ended the job, and not the other way round. */
  private async takeBack(row: RunnableJob): Promise<void> {
    try {
      await this.jobs.uncountLoneStart(row);
    } catch (error) {
      this.logger.debug({ err: error }, 'a start counts though the job was given back');
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
