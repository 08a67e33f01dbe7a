import mongoose from 'mongoose';
import type { JobRowState } from './job.schema.js';

const day = 24 * 60 * 60 * 1_000;
/** How long a job that is over can still be asked for, in milliseconds. */
const keptAfterEnd = 7 * day;
const openStates: JobRowState[] = ['pending', 'published'];

/** Of a filter: the job is not over. */
export const isOpen = mongoose.trusted({ $in: openStates });

export function expiryAfter(end: Date): Date {
  return new Date(end.getTime() + keptAfterEnd);
}
