import { Injectable } from '@nestjs/common';
import type { JobId } from '../common/ids.js';
import type { JobStatus } from '../common/job-status.js';
import { JobCatalogue } from './catalogue/catalogue.js';
import type { JobAuthor, JobRow } from './job-row.js';
import { progressOf, statusOf } from './job-status.js';
import { JobsRepository } from './jobs.repository.js';
import { LiveJobs } from './live-jobs.js';

/** A job as it may be shown. */
export interface JobView {
  readonly id: JobId;
  readonly queue: string;
  readonly name: string;
  readonly author: JobAuthor;
  /** Percent. */
  readonly progress: number;
  /** Only the fields that the catalogue shows. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly status: JobStatus;
}

/** What the rest of the service may ask about jobs. */
@Injectable()
export class JobLedger {
  constructor(
    private readonly jobs: JobsRepository,
    private readonly catalogue: JobCatalogue,
    private readonly liveJobs: LiveJobs,
  ) {}

  hasQueue(queue: string): boolean {
    return this.catalogue.queues.includes(queue);
  }

  /** Undefined when the queue has no such job, or has forgotten it. */
  async find(queue: string, id: JobId): Promise<JobView | undefined> {
    const row = await this.jobs.find(id);
    return row?.queue === queue ? this.view(row) : undefined;
  }

  private async view(row: JobRow): Promise<JobView> {
    const isOpen = row.state === 'pending' || row.state === 'published';
    const status = statusOf(row, isOpen ? await this.liveJobs.look(row) : undefined, new Date());
    const { id, queue, name, author } = row;
    const data = this.catalogue.shown(name, row.data);
    return { id, queue, name, author, data, status, progress: progressOf(status) };
  }
}
