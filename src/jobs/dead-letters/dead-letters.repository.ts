import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import mongoose, { Types, type Model } from 'mongoose';
import { jobIds, type JobId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import { inPart, listOf, sortOf } from '../../infrastructure/mongo/keyset.js';
import { JobModelName, type JobDocument } from '../job.schema.js';
import type { JobRow } from '../job-row.js';
import { rowOf } from '../job-row.mapper.js';

export const deadLetterSortFields = ['failedAt'] as const;
export type DeadLetterSortField = (typeof deadLetterSortFields)[number];

export interface DeadLetterFilter {
  readonly queue?: string;
  readonly name?: string;
}

/** The rows of the ledger in the state dead. Every change asks for that state, so that of many at once one is made. */
@Injectable()
export class DeadLettersRepository {
  constructor(@InjectModel(JobModelName) private readonly jobs: Model<JobDocument>) {}

  async list(filter: DeadLetterFilter, request: ListRequest<DeadLetterSortField>): Promise<List<JobRow>> {
    const conditions = { state: 'dead' as const, ...filter };
    const query = this.jobs.find(inPart(request, conditions)).sort(sortOf(request));
    return listOf(request, {
      find: async (skip, limit) => (await query.skip(skip).limit(limit).lean()).map(rowOf),
      count: () => this.jobs.countDocuments(conditions),
      valueOf: (row) => row[request.sortBy],
    });
  }

  async find(id: JobId): Promise<JobRow | undefined> {
    const document = await this.jobs.findOne({ _id: new Types.ObjectId(id), state: 'dead' }).lean();
    return document === null ? undefined : rowOf(document);
  }

  async remove(id: JobId): Promise<JobRow | undefined> {
    const document = await this.jobs.findOneAndDelete({ _id: new Types.ObjectId(id), state: 'dead' }).lean();
    return document === null ? undefined : rowOf(document);
  }

  /** The next generation, at high priority. Undefined when it is not dead, or not any more. */
  async requeue(id: JobId): Promise<JobRow | undefined> {
    const document = await this.jobs
      .findOneAndUpdate({ _id: new Types.ObjectId(id), state: 'dead' }, nextGeneration(), {
        returnDocument: 'after',
      })
      .lean();
    return document === null ? undefined : rowOf(document);
  }

  /** @returns how many were still dead. */
  async requeueAll(ids: readonly JobId[]): Promise<number> {
    const { modifiedCount } = await this.jobs.updateMany(
      { _id: mongoose.trusted({ $in: ids.map((id) => new Types.ObjectId(id)) }), state: 'dead' },
      nextGeneration(),
    );
    return modifiedCount;
  }

  /** Some dead jobs of the queue that failed until then, the oldest first. */
  async findSome(queue: string, until: Date, limit: number): Promise<JobId[]> {
    const documents = await this.jobs
      .find({ state: 'dead', queue, failedAt: mongoose.trusted({ $lte: until }) }, { _id: 1 })
      .sort({ failedAt: 1, _id: 1 })
      .limit(limit)
      .lean();
    return documents.map(({ _id }) => jobIds.parse(_id.toHexString()));
  }

  /** The queues with dead jobs of which nobody has been told yet. */
  async unalertedQueues(): Promise<string[]> {
    return this.jobs.distinct('queue', { unalerted: true });
  }

  /** Some dead jobs of the queue of which nobody has been told yet. */
  async findUnalerted(queue: string, limit: number): Promise<Pick<JobRow, 'id' | 'name'>[]> {
    const documents = await this.jobs
      .find({ unalerted: true, queue }, { name: 1 })
      .limit(limit)
      .batchSize(limit)
      .lean();
    return documents.map(({ _id, name }) => ({ id: jobIds.parse(_id.toHexString()), name }));
  }

  /** @returns how many of them were still to be told of. */
  async markAlerted(ids: readonly JobId[]): Promise<number> {
    const { modifiedCount } = await this.jobs.updateMany(
      { _id: mongoose.trusted({ $in: ids.map((id) => new Types.ObjectId(id)) }), unalerted: true },
      { $unset: { unalerted: 1 } },
    );
    return modifiedCount;
  }
}

function nextGeneration() {
  return {
    $set: {
      state: 'pending' as const,
      priority: 'HIGH' as const,
      pendingSince: new Date(),
      publishedAt: null,
      runAt: null,
      attempts: 0,
      lastFailure: null,
      failedAt: null,
      error: null,
    },
    $inc: { generation: 1 },
    $unset: { unalerted: 1 as const, loneStarts: 1 as const },
  };
}
