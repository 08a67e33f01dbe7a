import type { Job } from 'bullmq';

/**
 * Whether a job that BullMQ has ended failed for good. What it holds does not tell by itself: the reason of an attempt
 * that failed stays there when a later one succeeds.
 */
export async function hasFailed(job: Pick<Job, 'failedReason' | 'isFailed'>): Promise<boolean> {
  return Boolean(job.failedReason) && (await job.isFailed());
}
