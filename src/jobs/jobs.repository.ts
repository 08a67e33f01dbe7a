import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import mongoose, { Types, type Model } from 'mongoose';
import { jobIds, type JobId } from '../common/ids.js';
import {
  duplicateKeyFields,
  isDatabaseUnavailable,
  refusedWrites,
} from '../infrastructure/mongo/database-errors.js';
import { groupBy } from './group-by.js';
import { JobModelName, type JobDocument } from './job.schema.js';
import { expiryAfter, openStates } from './open-rows.js';

import type { JobCompletion, JobDeath, JobRow, NewJob, PublishedJob, RunnableJob } from './job-row.js';
import { newDocument, rowOf, runnable } from './job-row.mapper.js';

/** Characters of what an error says. */
const longestMessage = 2_000;
const longestStack = 4_000;
const isOpen = mongoose.trusted({ $in: [...openStates] });

/** The only code that touches the ledger's collection. Every read asks for all it wants in one batch. */
@Injectable()
export class JobsRepository {
  constructor(@InjectModel(JobModelName) private readonly jobs: Model<JobDocument>) {}

  async insert(...jobs: readonly NewJob[]): Promise<void> {
    const now = new Date();
    // Lean: making and checking a document for each row costs more than the rest of accepting a job. The compiler
    // sees to it that the rows are whole.
    await this.jobs.insertMany(
      jobs.map((job) => newDocument(job, now)),
      { lean: true },
    );
  }

  /** The same for one that may be there already, of an id that no other job has. */
  async insertOnce(job: NewJob): Promise<void> {
    await this.insert(job).catch((error: unknown) => {
      if (duplicateKeyFields(error) === undefined) throw error;
    });
  }

  /** Whether a write failed for what one of its rows is, and not for the database being away. */
  isRefusal(error: unknown): boolean {
    return refusedWrites(error) !== undefined && !isDatabaseUnavailable(error);
  }

  async find(id: JobId): Promise<JobRow | undefined> {
    const document = await this.jobs.findById(new Types.ObjectId(id)).lean();
    return document === null ? undefined : rowOf(document);
  }

  async findMany(ids: readonly JobId[]): Promise<JobRow[]> {
    const documents = await this.jobs
      .find({ _id: amongst(ids) })
      .batchSize(oneAnswer(ids))
      .lean();
    return documents.map(rowOf);
  }

  /** What running them needs, and no more: it is read before each run. */
  async findRunnable(ids: readonly JobId[]): Promise<RunnableJob[]> {
    const documents = await this.jobs
      .find({ _id: amongst(ids) }, runnable)
      .batchSize(oneAnswer(ids))
      .lean();
    return documents.map(({ _id, ...row }) => ({ ...row, id: jobIds.parse(_id.toHexString()) }));
  }

  /** Jobs of these queues that wait to be published since `before` or longer, the oldest first. */
  async findOverdue(queues: readonly string[], before: Date, limit: number): Promise<JobRow[]> {
    const documents = await this.jobs
      .find({
        state: 'pending',
        pendingSince: mongoose.trusted({ $lte: before }),
        queue: mongoose.trusted({ $in: [...queues] }),
      })
      .sort({ pendingSince: 1 })
      .limit(limit)
      .batchSize(limit)
      .lean();
    return documents.map(rowOf);
  }

  /** A part of the published jobs of these queues, in the order of their ids, after `after`. */
  async findPublished(
    queues: readonly string[],
    after: JobId | undefined,
    limit: number,
  ): Promise<PublishedJob[]> {
    const documents = await this.jobs
      .find(
        {
          state: 'published',
          queue: mongoose.trusted({ $in: [...queues] }),
          ...(after !== undefined && { _id: mongoose.trusted({ $gt: new Types.ObjectId(after) }) }),
        },
        // Not what they carry: there may be many, and hardly ever is one of them missed.
        { queue: 1, generation: 1, publishedAt: 1 },
      )
      .sort({ _id: 1 })
      .limit(limit)
      .batchSize(limit)
      .lean();
    return documents.map(({ _id, queue, generation, publishedAt }) => {
      return { id: jobIds.parse(_id.toHexString()), queue, generation, publishedAt };
    });
  }

  /** Says that BullMQ has them. Those that are already over, or of a later generation by now, stay as they are. */
  async markPublished(rows: readonly Pick<JobRow, 'id' | 'generation'>[]): Promise<void> {
    const publishedAt = new Date();
    for (const [generation, group] of groupBy(rows, (job) => job.generation)) {
      await this.jobs.updateMany(
        { _id: amongst(group.map((job) => job.id)), state: 'pending', generation },
        { $set: { state: 'published', publishedAt } },
      );
    }
  }

  /** One write for all jobs that ended with the same result after as many attempts. */
  async markDone(completions: readonly JobCompletion[]): Promise<void> {
    const completedAt = new Date();
    const ended = { completedAt, lastFailure: null, expireAt: expiryAfter(completedAt) };
    const alike = groupBy(completions, ({ attempts, result }) => `${attempts} ${JSON.stringify(result)}`);
    await this.jobs.bulkWrite(
      [...alike.values()].map((group) => ({
        updateMany: {
          filter: { _id: amongst(group.map(({ id }) => id)), state: isOpen },
          update: {
            $set: { state: 'done', attempts: group[0]?.attempts, result: group[0]?.result, ...ended },
          },
        },
      })),
      { ordered: false },
    );
  }

  /** False when the job was over, or of a later generation, before. */
  async markDead({ id, generation, attempts, error: { message, stack } }: JobDeath): Promise<boolean> {
    const error = {
      message: message.slice(0, longestMessage),
      ...(stack !== undefined && { stack: stack.slice(0, longestStack) }),
    };
    const { modifiedCount } = await this.jobs.updateOne(
      { _id: new Types.ObjectId(id), generation, state: isOpen },
      { $set: { state: 'dead', attempts, error, failedAt: new Date(), unalerted: true } },
    );
    return modifiedCount > 0;
  }

  /**
   * One more start, in this attempt (counts from 1), of a job that runs alone because it may be what kills its workers.
   * @returns how many there were in this attempt.
   */
  async countLoneStart(
    { id, generation }: Pick<JobRow, 'id' | 'generation'>,
    attempt: number,
  ): Promise<number> {
    const isFirst = { $ne: ['$loneStarts.attempt', attempt] };
    const count = { $cond: [isFirst, 1, { $add: ['$loneStarts.count', 1] }] };
    const document = await this.jobs
      .findOneAndUpdate(
        { _id: new Types.ObjectId(id), generation },
        [{ $set: { loneStarts: { attempt, count } } }],
        { returnDocument: 'after', projection: { loneStarts: 1 }, updatePipeline: true },
      )
      .lean();
    return document?.loneStarts?.count ?? 0;
  }

  /** The start that was counted last ended for a reason that was not the job's. */
  async uncountLoneStart({ id, generation }: Pick<JobRow, 'id' | 'generation'>): Promise<void> {
    await this.jobs.updateOne(
      { _id: new Types.ObjectId(id), generation, loneStarts: mongoose.trusted({ $exists: true }) },
      { $inc: { 'loneStarts.count': -1 } },
    );
  }

  async recordFailure(
    { id, generation }: Pick<JobRow, 'id' | 'generation'>,
    attempts: number,
    { at, error, nextAttemptAt }: NonNullable<JobRow['lastFailure']>,
  ): Promise<void> {
    const lastFailure = { at, error: error.slice(0, longestMessage), nextAttemptAt };
    await this.jobs.updateOne(
      { _id: new Types.ObjectId(id), generation, state: isOpen },
      { $set: { attempts, lastFailure } },
    );
  }

  /** Over before it is done, whatever it was doing. Undefined when it was over before, or is not of this queue. */
  async cancel(queue: string, id: JobId): Promise<JobRow | undefined> {
    const cancelledAt = new Date();
    const document = await this.jobs
      .findOneAndUpdate(
        { _id: new Types.ObjectId(id), queue, state: isOpen },
        { $set: { state: 'cancelled', cancelledAt, expireAt: expiryAfter(cancelledAt) } },
        { returnDocument: 'after' },
      )
      .lean();
    return document === null ? undefined : rowOf(document);
  }

  async cancelledAmong(ids: readonly JobId[]): Promise<JobId[]> {
    const documents = await this.jobs
      .find({ _id: amongst(ids), state: 'cancelled' }, { _id: 1 })
      .batchSize(oneAnswer(ids))
      .lean();
    return documents.map(({ _id }) => jobIds.parse(_id.toHexString()));
  }

  /** Which of these still have a row, whatever its state. */
  async existing(ids: readonly JobId[]): Promise<Set<JobId>> {
    const documents = await this.jobs
      .find({ _id: amongst(ids) }, { _id: 1 })
      .batchSize(oneAnswer(ids))
      .lean();
    return new Set(documents.map(({ _id }) => jobIds.parse(_id.toHexString())));
  }
}

function amongst(ids: readonly JobId[]) {
  return mongoose.trusted({ $in: ids.map((id) => new Types.ObjectId(id)) });
}

/** Not 0, which asks for answers with nothing in them, one after the other, for ever. */
function oneAnswer(ids: readonly JobId[]): number {
  return Math.max(ids.length, 1);
}
