import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, type Model } from 'mongoose';
import { JobModelName, type JobDocument, type JobRowState } from './job.schema.js';

export interface JobCount {
  readonly queue: string;
  readonly state: JobRowState;
  readonly jobs: number;
}

export interface FailureCount {
  readonly queue: string;
  readonly name: string;
  readonly jobs: number;
}

/** Sums over the ledger, for reports. They read a part of every row: nothing that answers a request asks for them. */
@Injectable()
export class JobFiguresRepository {
  constructor(@InjectModel(JobModelName) private readonly jobs: Model<JobDocument>) {}

  async byQueueAndState(): Promise<JobCount[]> {
    return this.jobs.aggregate<JobCount>([
      { $group: { _id: { queue: '$queue', state: '$state' }, jobs: { $sum: 1 } } },
      { $project: { _id: 0, queue: '$_id.queue', state: '$_id.state', jobs: 1 } },
      { $sort: { queue: 1, state: 1 } },
    ]);
  }

  /** Jobs that died since then and are dead still, most first. */
  async failuresSince(since: Date): Promise<FailureCount[]> {
    return this.jobs.aggregate<FailureCount>([
      { $match: trusted({ state: 'dead', failedAt: { $gte: since } }) },
      { $group: { _id: { queue: '$queue', name: '$name' }, jobs: { $sum: 1 } } },
      { $project: { _id: 0, queue: '$_id.queue', name: '$_id.name', jobs: 1 } },
      { $sort: { jobs: -1, queue: 1, name: 1 } },
    ]);
  }
}
