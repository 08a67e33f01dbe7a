import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, PipelineStage } from 'mongoose';
import { JobModelName, type JobDocument } from '../job.schema.js';

export const watchedStates = ['pending', 'published', 'dead'] as const;
/** Counting stops here: whoever watches wants to know that it is a lot. */
const countedAtMost = 10_000;

export interface LedgerFigure {
  readonly queue: string;
  readonly state: (typeof watchedStates)[number];
  /** At most 10,000. */
  readonly jobs: number;
  /** Since when the oldest of them could have run; null when all of them are due later. */
  readonly oldest: Date | null;
}

type Branch = [PipelineStage.Match, ...Exclude<PipelineStage, PipelineStage.Merge | PipelineStage.Out>[]];

/** What is watched of the ledger. */
@Injectable()
export class LedgerFiguresRepository {
  constructor(@InjectModel(JobModelName) private readonly jobs: Model<JobDocument>) {}

  /**
   * One figure for each queue and state that has jobs. One query, each part of which walks its piece of the index
   * queue_state and ends by itself. `timeLimit` in milliseconds. @throws the driver's error.
   */
  async read(queues: readonly string[], timeLimit: number): Promise<LedgerFigure[]> {
    const now = new Date();
    const branches = queues.flatMap((queue) => watchedStates.map((state) => branch(queue, state, now)));
    const [first, ...others] = branches;
    if (first === undefined) return [];
    const coll = this.jobs.collection.name;
    return this.jobs.aggregate<LedgerFigure>(
      [...first, ...others.map((pipeline) => ({ $unionWith: { coll, pipeline } }))],
      { maxTimeMS: timeLimit },
    );
  }
}

function branch(queue: string, state: string, now: Date): Branch {
  const due = { $max: ['$createdAt', '$runAt'] };
  return [
    { $match: { queue, state } },
    { $sort: { createdAt: 1, _id: 1 } },
    { $limit: countedAtMost },
    {
      $group: {
        _id: null,
        jobs: { $sum: 1 },
        oldest: { $min: { $cond: [{ $gt: ['$runAt', now] }, null, due] } },
      },
    },
    { $project: { _id: 0, queue: { $literal: queue }, state: { $literal: state }, jobs: 1, oldest: 1 } },
  ];
}
