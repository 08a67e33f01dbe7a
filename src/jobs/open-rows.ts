import type { JobRowState } from './job.schema.js';

const day = 24 * 60 * 60 * 1_000;
/** How long a job that is over can still be asked for, in milliseconds. */
const keptAfterEnd = 7 * day;
/** Of jobs that are not over. */
export const openStates: readonly JobRowState[] = ['pending', 'published'];

export function expiryAfter(end: Date): Date {
  return new Date(end.getTime() + keptAfterEnd);
}
