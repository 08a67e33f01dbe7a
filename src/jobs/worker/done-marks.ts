import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { BackgroundService } from '../../common/background-service.js';
import { JobHints } from '../events/job-hints.js';
import { groupBy } from '../group-by.js';
import type { JobCompletion } from '../job-row.js';
import { JobsRepository } from '../jobs.repository.js';

/** Milliseconds for which marks are collected; one write takes them all. */
const collecting = 50;
const retryInterval = 1_000;
const batch = 1_000;
/** Marks that may wait in memory before the jobs behind them do. */
const longestBacklog = 5_000;

/**
 * Writes down which jobs are done, many at a time. A mark that is lost with its process is made up for: the
 * reconciler asks BullMQ, or the job runs again and finds its effects done.
 */
@Injectable()
export class DoneMarks extends BackgroundService {
  private waiting: JobCompletion[] = [];

  constructor(
    private readonly jobs: JobsRepository,
    private readonly hints: JobHints,
  ) {
    super({ pause: retryInterval, failing: 'jobs that are done cannot be marked now' });
  }

  /** After the queues are closed, which happens on module destruction. */
  protected override async lastWords(): Promise<void> {
    await this.write();
  }

  /** Resolves at once, unless so many marks wait that the database must be given time. */
  async add(completion: JobCompletion): Promise<void> {
    this.waiting.push(completion);
    this.loop.wake();
    while (this.waiting.length > longestBacklog && !this.loop.isStopping) await sleep(collecting);
  }

  protected override async round(): Promise<void> {
    if (this.waiting.length === 0) return;
    if (!this.loop.isStopping) await sleep(collecting);
    await this.write();
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const marks = this.waiting.slice(0, batch);
      await this.jobs.markDone(marks);
      this.waiting.splice(0, marks.length);
      for (const [queue, group] of groupBy(marks, (mark) => mark.queue)) {
        this.hints.changed(
          queue,
          group.map(({ id }) => id),
        );
      }
    }
  }
}
