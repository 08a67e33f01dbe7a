import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import mongoose, { Types, type Model, type QueryFilter } from 'mongoose';
import type { JobId, UserId } from '../common/ids.js';
import type { JobState } from '../common/job-status.js';
import type { List, ListRequest } from '../common/pagination.js';
import { inPart, listOf, sortOf } from '../infrastructure/mongo/keyset.js';
import { JobModelName, jobRowStates, type JobDocument } from './job.schema.js';
import type { JobRow } from './job-row.js';
import { rowOf } from './job-row.mapper.js';
import { openStates } from './open-rows.js';

const isOpen = mongoose.trusted({ $in: [...openStates] });

export const jobSortFields = ['createdAt'] as const;
export type JobSortField = (typeof jobSortFields)[number];

export interface JobFilter {
  readonly queue: string;
  readonly state?: JobState;
  /** Only jobs that this user, or a key of theirs, has asked for. */
  readonly author?: UserId;
}

/** The ledger page by page, in the vocabulary that clients know. */
@Injectable()
export class JobListsRepository {
  constructor(@InjectModel(JobModelName) private readonly jobs: Model<JobDocument>) {}

  /** `running`: the jobs that BullMQ says are being run now; the ledger alone cannot tell. */
  async list(
    filter: JobFilter,
    running: readonly JobId[],
    request: ListRequest<JobSortField>,
  ): Promise<List<JobRow>> {
    const conditions = conditionsOf(filter, running);
    const query = this.jobs.find(inPart(request, conditions)).sort(sortOf(request));
    return listOf(request, {
      find: async (skip, limit) => (await query.skip(skip).limit(limit).lean()).map(rowOf),
      count: () => this.jobs.countDocuments(conditions),
      valueOf: (row) => row[request.sortBy],
    });
  }

  /** How many there are; counting stops at `limit`. */
  async count(filter: JobFilter, running: readonly JobId[], limit: number): Promise<number> {
    return this.jobs.countDocuments(conditionsOf(filter, running), { limit });
  }
}

function conditionsOf(
  { queue, state, author }: JobFilter,
  running: readonly JobId[],
): QueryFilter<JobDocument> {
  return {
    queue,
    ...stateConditions(state, running),
    ...(author !== undefined && { 'author.userId': new Types.ObjectId(author) }),
  };
}

/** The same order of questions as in statusOf. */
function stateConditions(state: JobState | undefined, running: readonly JobId[]): QueryFilter<JobDocument> {
  const runningIds = running.map((id) => new Types.ObjectId(id));
  const isWaiting = { state: isOpen, _id: mongoose.trusted({ $nin: runningIds }) };
  const now = new Date();
  const isDue = { $or: [{ runAt: null }, { runAt: mongoose.trusted({ $lte: now }) }] };
  switch (state) {
    case 'completed':
      return { state: 'done' };
    case 'dead':
    case 'cancelled':
      return { state };
    case 'processing':
      return { state: isOpen, _id: mongoose.trusted({ $in: runningIds }) };
    case 'scheduled':
      return { ...isWaiting, runAt: mongoose.trusted({ $gt: now }) };
    case 'failed':
      return { ...isWaiting, ...isDue, lastFailure: mongoose.trusted({ $ne: null }) };
    case 'pending':
      return { ...isWaiting, ...isDue, lastFailure: null };
    default:
      // All of them by name: the index serves the order only within states that are named.
      return { state: mongoose.trusted({ $in: [...jobRowStates] }) };
  }
}
