import { Injectable } from '@nestjs/common';
import { DelayedError, type Job } from 'bullmq';
import { Clock } from '../../common/clock.js';
import type { RunnableJob } from '../job-row.js';

/** Milliseconds by which a job may run too early. */
const tolerated = 1_000;

/** BullMQ goes by the clock of whichever worker asks it: one that is ahead lets jobs out too early, for all of them. */
@Injectable()
export class DueTimes {
  constructor(private readonly clock: Clock) {}

  /** Puts a job back that is not due. @throws DelayedError, which tells BullMQ so. */
  async keep(job: Job, row: RunnableJob, token: string | undefined): Promise<void> {
    const due = dueTime(job, row)?.getTime() ?? 0;
    if (due - this.clock.now().getTime() <= tolerated) return;
    // By this process's own clock, or it would have the job again at once.
    await job.moveToDelayed(due + Math.max(0, Math.round(this.clock.lead)), token);
    throw new DelayedError();
  }
}

/** When this attempt may begin; null: at any time. */
function dueTime({ attemptsMade }: Job, { runAt, attempts, lastFailure }: RunnableJob): Date | null {
  if (attemptsMade === 0) return runAt;
  return attempts === attemptsMade ? (lastFailure?.nextAttemptAt ?? null) : null;
}
