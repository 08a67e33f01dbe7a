import { Injectable } from '@nestjs/common';
import type { Job } from 'bullmq';
import type { JobId } from '../../common/ids.js';
import { hasFailed } from '../bull-job-end.js';
import type { JobRow } from '../job-row.js';
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
  readonly row: JobRow;
  readonly job: Job | undefined;
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

  private async compare(rows: readonly JobRow[], repairs: Repairs): Promise<void> {
    const findings = await Promise.all(rows.map((row) => this.lookUp(row)));
    const lost = findings.flatMap(({ row, job }) => (job === undefined ? [row] : []));
    const ended = findings.flatMap(({ row, job, failed }) =>
      job?.finishedOn === undefined ? [] : [{ row, job, failed }],
    );
    const done = ended.filter(({ failed }) => !failed);

    if (lost.length > 0) await this.publisher.publish(lost);
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

  private async lookUp(row: JobRow): Promise<Finding> {
    const job: Job | undefined = await this.queues.get(row.queue).getJob(bullJobId(row));
    return { row, job, failed: job?.finishedOn !== undefined && (await hasFailed(job)) };
  }
}
