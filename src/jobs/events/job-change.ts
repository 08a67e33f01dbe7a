import type { JobStatus } from '../../common/job-status.js';
import type { JobView } from '../job-ledger.js';

export type JobChange = 'progress' | 'completed' | 'failed' | 'dead' | 'cancelled';

/** Nothing follows any more, unless somebody tries the job again. */
export function isOver({ status }: JobStatus): boolean {
  return status === 'completed' || status === 'dead' || status === 'cancelled';
}

/** What whoever follows a job is told when it was seen as `before` and is seen as `now`; undefined for nothing. */
export function changeBetween(before: JobView, now: JobView): JobChange | undefined {
  const { status } = now;
  switch (status.status) {
    case 'pending':
    case 'scheduled':
      return undefined;
    case 'processing':
      return isSameProgress(before.status, status) ? undefined : 'progress';
    case 'failed':
      return before.status.status === 'failed' && before.status.failedAt === status.failedAt
        ? undefined
        : 'failed';
    default:
      return before.status.status === status.status ? undefined : status.status;
  }
}

function isSameProgress(before: JobStatus, now: Extract<JobStatus, { status: 'processing' }>): boolean {
  return before.status === 'processing' && before.progress === now.progress && before.note === now.note;
}
