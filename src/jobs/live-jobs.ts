import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Queue, type Job } from 'bullmq';
import type { JobId } from '../common/ids.js';
import { jobsConfig } from '../config/jobs.config.js';
import { OptionalRedis } from '../infrastructure/redis/optional-redis.js';
import { hasFailed } from './bull-job-end.js';
import { JobCatalogue } from './catalogue/catalogue.js';
import type { JobRow } from './job-row.js';
import { progressFrom } from './job-progress.js';
import type { LiveJob } from './job-status.js';
import { bullJobId, parseBullJobId } from './queues.js';

/** More run at once in no queue that is watched one by one. */
const mostRunning = 9_999;

/** Looks into BullMQ on behalf of a reader, who gets an answer in any case: over the connection with the breaker. */
@Injectable()
export class LiveJobs {
  private readonly queues: ReadonlyMap<string, Queue>;

  constructor(
    private readonly redis: OptionalRedis,
    catalogue: JobCatalogue,
    @Inject(jobsConfig.KEY) config: ConfigType<typeof jobsConfig>,
  ) {
    const options = {
      connection: redis.client,
      prefix: config.queuePrefix,
      skipWaitingForReady: true,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    };
    this.queues = new Map(
      catalogue.queues.map((name) => [name, new Queue(name, options).on('error', () => undefined)]),
    );
  }

  /** Undefined when BullMQ does not know the job, or could not be asked. */
  async look(row: Pick<JobRow, 'id' | 'generation' | 'queue'>): Promise<LiveJob | undefined> {
    return this.redis.run(async () => {
      const job = await this.queues.get(row.queue)?.getJob(bullJobId(row));
      return job === undefined ? undefined : this.describe(job);
    });
  }

  /** The jobs of the queue that are being run now; none when BullMQ could not be asked. */
  async running(queue: string): Promise<JobId[]> {
    const found = await this.redis.run(async () =>
      this.queues.get(queue)?.getRanges(['active'], 0, mostRunning),
    );
    return (found ?? []).flatMap((id) => parseBullJobId(id)?.id ?? []);
  }

  /** What waits is taken out; what runs stays, and meets a row that is over. */
  async remove(row: Pick<JobRow, 'id' | 'generation' | 'queue'>): Promise<void> {
    await this.redis.run(async () => this.queues.get(row.queue)?.remove(bullJobId(row)));
  }

  private async describe(job: Job): Promise<LiveJob> {
    if (job.finishedOn !== undefined) return finished(job, new Date(job.finishedOn));
    if (job.processedOn === undefined || (await job.getState()) !== 'active') return { state: 'waiting' };
    return { state: 'active', startedAt: new Date(job.processedOn), progress: progressFrom(job.progress) };
  }
}

async function finished(job: Job, at: Date): Promise<LiveJob> {
  return (await hasFailed(job))
    ? { state: 'dead', failedAt: at, error: job.failedReason }
    : { state: 'completed', completedAt: at, result: job.returnvalue ?? null };
}
