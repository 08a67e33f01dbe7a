import { Injectable } from '@nestjs/common';
import type { Job } from 'bullmq';
import type { JobId } from '../../common/ids.js';
import { QueueRedis } from '../../infrastructure/redis/queue-redis.js';
import { hasFailed } from '../bull-job-end.js';
import type { PublishedJob } from '../job-row.js';
import { JobsRepository } from '../jobs.repository.js';
import { bullJobId, Queues } from '../queues.js';
import { Publisher } from '../relay/publisher.js';

const batch = 500;
/** Milliseconds for which a published job is taken to be in Redis: what was written just now is not looked for. */
const trusted = 10_000;

/** What a pass set right. */
export interface Repairs {
  republished: number;
  done: number;
  dead: number;
}

/** What BullMQ knows of a row's job. */
interface Finding {
  readonly row: PublishedJob;
  readonly isThere: boolean;
  readonly hasEnded: boolean;
}

/** A job that BullMQ has ended. */
interface Ended {
  readonly row: PublishedJob;
  readonly job: Job;
  /** For good. */
  readonly failed: boolean;
}

/**
 * Compares what the ledger says is published with what BullMQ has. Every step is conditional or idempotent, so that
 * any number of them may run at once.
 */
@Injectable()
export class Reconciliation {
  constructor(
    private readonly jobs: JobsRepository,
    private readonly queues: Queues,
    private readonly publisher: Publisher,
    private readonly redis: QueueRedis,
  ) {}

  /**
   * One pass over the published jobs. `mayGoOn` is asked before each part of it.
   * @param all also looks for jobs that were published just now.
   * @throws Error when Redis or the database goes away meanwhile.
   */
  async pass(all: boolean, mayGoOn: () => Promise<boolean>): Promise<Repairs> {
    const repairs: Repairs = { republished: 0, done: 0, dead: 0 };
    const settledBefore = new Date(Date.now() - (all ? 0 : trusted));
    let last: JobId | undefined;
    for (let found = batch; found === batch && (await mayGoOn());) {
      const rows = await this.jobs.findPublished(this.queues.names, last, batch);
      found = rows.length;
      last = rows.at(-1)?.id;
      const suspects = rows.filter(({ publishedAt }) => publishedAt === null || publishedAt <= settledBefore);
      await this.compare(suspects, repairs);
    }
    return repairs;
  }

  private async compare(rows: readonly PublishedJob[], repairs: Repairs): Promise<void> {
    const findings = await this.lookUp(rows);
    const lost = findings.flatMap(({ row, isThere }) => (isThere ? [] : [row.id]));
    const hasEnded = findings.flatMap((finding) => (finding.hasEnded ? [finding.row] : []));
    const ended = (await Promise.all(hasEnded.map((row) => this.endOf(row)))).flatMap((end) => end ?? []);
    const done = ended.filter(({ failed }) => !failed);

    if (lost.length > 0) await this.publisher.publish(await this.jobs.findMany(lost));
    if (done.length > 0) {
      await this.jobs.markDone(
        done.map(({ row, job }) => ({
          id: row.id,
          queue: row.queue,
          attempts: job.attemptsMade,
          result: job.returnvalue ?? null,
        })),
      );
    }
    for (const { row, job, failed } of ended) {
      if (!failed) continue;
      const { id, generation } = row;
      const error = { message: job.failedReason };
      if (await this.jobs.markDead({ id, generation, attempts: job.attemptsMade, error })) repairs.dead += 1;
    }
    repairs.republished += lost.length;
    repairs.done += done.length;
  }

  /** Asks for two fields of each, on one trip: a backlog may be long, and nearly all of it is where it should be. */
  private async lookUp(rows: readonly PublishedJob[]): Promise<Finding[]> {
    if (rows.length === 0) return [];
    const trip = this.redis.producer.pipeline();
    for (const row of rows) {
      trip.hmget(this.queues.get(row.queue).toKey(bullJobId(row)), 'timestamp', 'finishedOn');
    }
    const replies = (await trip.exec()) ?? [];
    return rows.map((row, index) => {
      const [error, fields] = replies[index] ?? [new Error('a reply is missing')];
      if (error !== null) throw error;
      const [timestamp, finishedOn] = Array.isArray(fields) ? fields : [];
      return { row, isThere: typeof timestamp === 'string', hasEnded: typeof finishedOn === 'string' };
    });
  }

  /** undefined when it is gone meanwhile: the next pass finds that out. */
  private async endOf(row: PublishedJob): Promise<Ended | undefined> {
    const job: Job | undefined = await this.queues.get(row.queue).getJob(bullJobId(row));
    return job?.finishedOn === undefined ? undefined : { row, job, failed: await hasFailed(job) };
  }
}
