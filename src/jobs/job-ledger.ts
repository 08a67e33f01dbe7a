import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/domain-error.js';
import type { JobId } from '../common/ids.js';
import type { JobState, JobStatus } from '../common/job-status.js';
import type { List, ListRequest } from '../common/pagination.js';
import { UnitOfWork } from '../infrastructure/mongo/unit-of-work.js';
import { JobCatalogue } from './catalogue/catalogue.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { JobHints } from './events/job-hints.js';
import { JobListsRepository, type JobFilter, type JobSortField } from './job-lists.repository.js';
import type { JobAuthor, JobRow } from './job-row.js';
import { progressOf, statusOf } from './job-status.js';
import { JobsRepository } from './jobs.repository.js';
import { LiveJobs } from './live-jobs.js';
import { bullJobId, Queues } from './queues.js';

/** A job as it may be shown. */
export interface JobView {
  readonly id: JobId;
  readonly queue: string;
  readonly name: string;
  readonly author: JobAuthor;
  readonly generation: number;
  /** Percent. */
  readonly progress: number;
  /** Only the fields that the catalogue shows. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly status: JobStatus;
}

/** What the rest of the service may ask about jobs, and do to one. */
@Injectable()
export class JobLedger {
  constructor(
    private readonly jobs: JobsRepository,
    private readonly lists: JobListsRepository,
    private readonly catalogue: JobCatalogue,
    private readonly liveJobs: LiveJobs,
    private readonly deadLetters: DeadLetters,
    private readonly hints: JobHints,
    private readonly bullQueues: Queues,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  get queues(): readonly string[] {
    return this.catalogue.queues;
  }

  /** @throws DomainError not-found / QUEUE_NOT_FOUND. */
  demandQueue(queue: string): void {
    this.catalogue.demandQueue(queue);
  }

  /** Undefined when the queue has no such job, or has forgotten it. */
  async find(queue: string, id: JobId): Promise<JobView | undefined> {
    const row = await this.jobs.find(id);
    return row?.queue === queue ? this.view(row) : undefined;
  }

  /** The views of those that there are. */
  async findMany(ids: readonly JobId[]): Promise<JobView[]> {
    return this.viewAll(await this.jobs.findMany(ids));
  }

  async list(filter: JobFilter, request: ListRequest<JobSortField>): Promise<List<JobView>> {
    const running = await this.liveJobs.running(filter.queue);
    const list = await this.lists.list(filter, running, request);
    const views = await this.viewAll(list.items);
    // What went on between the two looks is not shown under the name of where it was.
    const { state } = filter;
    return { ...list, items: views.filter(({ status }) => state === undefined || status.status === state) };
  }

  /** How many jobs of the queue are in each state; counting stops at `limit`. */
  async count(queue: string, states: readonly JobState[], limit: number): Promise<Map<JobState, number>> {
    const running = await this.liveJobs.running(queue);
    const counts = states.map(
      async (state) => [state, await this.lists.count({ queue, state }, running, limit)] as const,
    );
    return new Map(await Promise.all(counts));
  }

  /**
   * A job that waits is removed; one that runs is told by its signal within about a second, and counts as cancelled
   * from now on whatever it still does. Joins the running unit of work.
   * @throws DomainError not-found / JOB_NOT_FOUND; conflict / JOB_OVER.
   */
  async cancel(queue: string, id: JobId): Promise<void> {
    const row = await this.jobs.cancel(queue, id);
    if (row === undefined) {
      await this.demand(queue, id);
      throw new DomainError('conflict', 'JOB_OVER', 'The job is over already');
    }
    await this.unitOfWork.afterCommit(async () => {
      await this.liveJobs.remove(row);
      this.hints.changed(queue, [id]);
    });
  }

  /**
   * Another try now: the next generation of a dead job, or the next attempt of one that waits for it.
   * Joins the running unit of work.
   * @throws DomainError not-found / JOB_NOT_FOUND; conflict / JOB_NOT_FAILED; unavailable / QUEUE_UNAVAILABLE when the
   * next attempt cannot be moved because Redis is away.
   */
  async retry(queue: string, id: JobId): Promise<void> {
    const row = await this.demand(queue, id);
    if (await this.deadLetters.retry(id)) return;
    const { status } = await this.view(row);
    if (status.status === 'failed' && (await this.promote(row))) return;
    throw new DomainError('conflict', 'JOB_NOT_FAILED', 'Only a job that failed can be tried again');
  }

  /** The next attempt is due now. False when it no longer waits for one. */
  private async promote(row: JobRow): Promise<boolean> {
    const { lastFailure } = row;
    if (lastFailure === null) return false;
    try {
      const job = await this.bullQueues.get(row.queue).getJob(bullJobId(row));
      if (job === undefined || (await job.getState()) !== 'delayed') return false;
      // The worker goes by the row, and puts back what is not due by it: first the row, then the job.
      await this.jobs.recordFailure(row, row.attempts, { ...lastFailure, nextAttemptAt: this.clock.now() });
      await this.unitOfWork.afterCommit(() => job.promote());
      return true;
    } catch (cause) {
      const message = 'The queue does not answer, please try again.';
      throw new DomainError('unavailable', 'QUEUE_UNAVAILABLE', message, { retryAfter: 5, cause });
    }
  }

  private async demand(queue: string, id: JobId): Promise<JobRow> {
    const row = await this.jobs.find(id);
    if (row?.queue !== queue) throw new DomainError('not-found', 'JOB_NOT_FOUND', 'Job not found');
    return row;
  }

  private async viewAll(rows: readonly JobRow[]): Promise<JobView[]> {
    return Promise.all(rows.map((row) => this.view(row)));
  }

  private async view(row: JobRow): Promise<JobView> {
    const isOpen = row.state === 'pending' || row.state === 'published';
    const status = statusOf(row, isOpen ? await this.liveJobs.look(row) : undefined, this.clock.now());
    const { id, queue, name, author, generation } = row;
    const data = this.catalogue.shown(name, row.data);
    return { id, queue, name, author, generation, data, status, progress: progressOf(status) };
  }
}
