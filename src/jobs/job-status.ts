import type { JobStatus } from '../common/job-status.js';
import type { JobProgress } from './job-progress.js';
import type { JobRow } from './job-row.js';

/** What BullMQ says of an open job at this moment. */
export type LiveJob =
  | { readonly state: 'active'; readonly startedAt: Date; readonly progress: JobProgress }
  | { readonly state: 'completed'; readonly completedAt: Date; readonly result: unknown }
  | { readonly state: 'dead'; readonly failedAt: Date; readonly error: string }
  | { readonly state: 'waiting' };

/**
 * One vocabulary for every surface. What is over is told by the ledger; what is open by BullMQ where it was heard, and
 * a job that BullMQ has just ended is not shown as open again.
 */
export function statusOf(row: JobRow, live: LiveJob | undefined, now: Date): JobStatus {
  const over = ended(row);
  if (over !== undefined) return over;
  switch (live?.state) {
    case 'active':
      return processing(live.startedAt, live.progress);
    case 'completed':
      return { status: 'completed', completedAt: live.completedAt.toISOString(), result: live.result };
    case 'dead':
      return { status: 'dead', failedAt: live.failedAt.toISOString(), error: live.error };
    default:
      return waiting(row, now);
  }
}

export function progressOf(status: JobStatus): number {
  if (status.status === 'processing') return status.progress;
  return status.status === 'completed' ? 100 : 0;
}

function ended(row: JobRow): JobStatus | undefined {
  const at = (time: Date | null): string => (time ?? row.createdAt).toISOString();
  switch (row.state) {
    case 'done':
      return { status: 'completed', completedAt: at(row.completedAt), result: row.result };
    case 'dead':
      return { status: 'dead', failedAt: at(row.failedAt), error: row.error?.message ?? '' };
    case 'cancelled':
      return { status: 'cancelled', cancelledAt: at(row.cancelledAt) };
    default:
      return undefined;
  }
}

function processing(startedAt: Date, { percent, note }: JobProgress): JobStatus {
  return {
    status: 'processing',
    startedAt: startedAt.toISOString(),
    progress: percent,
    ...(note !== undefined && { note }),
  };
}

function waiting(row: JobRow, now: Date): JobStatus {
  if (row.runAt !== null && row.runAt > now) return { status: 'scheduled', runAt: row.runAt.toISOString() };
  if (row.lastFailure !== null) {
    return {
      status: 'failed',
      failedAt: row.lastFailure.at.toISOString(),
      error: row.lastFailure.error,
      nextAttemptAt: row.lastFailure.nextAttemptAt.toISOString(),
    };
  }
  return { status: 'pending', queuedAt: row.createdAt.toISOString() };
}
