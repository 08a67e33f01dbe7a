import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { BulkJobOptions } from 'bullmq';
import { Clock } from '../../common/clock.js';
import { jobsConfig } from '../../config/jobs.config.js';
import { JobCatalogue } from '../catalogue/catalogue.js';
import { groupBy } from '../group-by.js';
import type { JobRow } from '../job-row.js';
import { JobsRepository } from '../jobs.repository.js';
import { bullPriority } from '../priority.js';
import { bullJobId, Queues } from '../queues.js';
import { attemptsOf } from '../retry-ladder.js';

/** What publishing needs of a row. */
export type PublishableJob = Pick<
  JobRow,
  'id' | 'generation' | 'queue' | 'name' | 'data' | 'priority' | 'runAt'
>;

/** Seconds and number for which BullMQ remembers what is over: long enough for the ledger to learn of it. */
const remembered = { age: 900, count: 5_000 };
const rememberedFailures = { age: 7 * 24 * 60 * 60 };

/** Hands jobs of the ledger to BullMQ. Doing so twice is harmless: BullMQ ignores an id that it already has. */
@Injectable()
export class Publisher {
  constructor(
    private readonly jobs: JobsRepository,
    private readonly queues: Queues,
    private readonly catalogue: JobCatalogue,
    private readonly clock: Clock,
    @Inject(jobsConfig.KEY) private readonly config: ConfigType<typeof jobsConfig>,
  ) {}

  /** @throws Error when Redis or the database is away; what was not marked is published again by the sweep. */
  async publish(rows: readonly PublishableJob[]): Promise<void> {
    for (const [queue, group] of groupBy(rows, (job) => job.queue)) {
      await this.queues.get(queue).addBulk(
        group.map((job) => ({
          name: job.name,
          // What Redis and the board hold is what may be shown; the worker takes the rest from the ledger.
          data: this.catalogue.shown(job.name, job.data),
          opts: this.optionsOf(job),
        })),
      );
    }
    await this.jobs.markPublished(rows);
  }

  private optionsOf(job: PublishableJob): BulkJobOptions {
    const ladder = this.catalogue.find(job.name)?.retryLadder ?? this.config.retryLadder;
    const now = this.clock.now().getTime();
    return {
      jobId: bullJobId(job),
      priority: bullPriority(job.priority),
      // BullMQ adds them up: the sum is due by the time that all processes share.
      timestamp: now,
      delay: Math.max(0, (job.runAt?.getTime() ?? 0) - now),
      attempts: attemptsOf(ladder),
      backoff: { type: 'ladder' },
      removeOnComplete: remembered,
      removeOnFail: rememberedFailures,
    };
  }
}
