import { Injectable } from '@nestjs/common';
import type { JobId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { JobCatalogue } from '../catalogue/catalogue.js';
import type { JobRow } from '../job-row.js';
import { LiveJobs } from '../live-jobs.js';
import { Relay } from '../relay/relay.js';
import {
  DeadLettersRepository,
  type DeadLetterFilter,
  type DeadLetterSortField,
} from './dead-letters.repository.js';

const batch = 500;

/** A dead job as it may be shown. */
export interface DeadLetter {
  readonly id: JobId;
  readonly queue: string;
  readonly name: string;
  /** Only the fields that the catalogue shows. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  readonly error: { readonly message: string; readonly stack?: string };
  readonly failedAt: Date;
}

/** Jobs that failed for good: a retry is a conditional update of the ledger, neither lost nor doubled. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly letters: DeadLettersRepository,
    private readonly catalogue: JobCatalogue,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: Relay,
    private readonly liveJobs: LiveJobs,
  ) {}

  async list(filter: DeadLetterFilter, request: ListRequest<DeadLetterSortField>): Promise<List<DeadLetter>> {
    const list = await this.letters.list(filter, request);
    return { ...list, items: list.items.map((row) => this.letterOf(row)) };
  }

  async find(id: JobId): Promise<DeadLetter | undefined> {
    const row = await this.letters.find(id);
    return row && this.letterOf(row);
  }

  /** The next generation of the job, at high priority. Joins the running unit of work. False when it is not dead. */
  async retry(id: JobId): Promise<boolean> {
    const row = await this.letters.requeue(id);
    if (row === undefined) return false;
    await this.unitOfWork.afterCommit(() => this.relay.offer(row));
    return true;
  }

  /** Many at once; the sweep publishes them. Joins the running unit of work. @returns how many were dead. */
  async retryAll(ids: readonly JobId[]): Promise<number> {
    return this.letters.requeueAll(ids);
  }

  /** A part of what was dead at that time in the queue, for `retryAll`; empty at the end. */
  async some(queue: string, until: Date): Promise<JobId[]> {
    return this.letters.findSome(queue, until, batch);
  }

  /** The job is forgotten. Joins the running unit of work. False when it is not dead. */
  async remove(id: JobId): Promise<boolean> {
    const row = await this.letters.remove(id);
    if (row === undefined) return false;
    await this.unitOfWork.afterCommit(() => this.liveJobs.remove(row));
    return true;
  }

  private letterOf(row: JobRow): DeadLetter {
    const { id, queue, name, attempts } = row;
    return {
      id,
      queue,
      name,
      data: this.catalogue.shown(name, row.data),
      attempts,
      error: row.error ?? { message: '' },
      failedAt: row.failedAt ?? row.createdAt,
    };
  }
}
