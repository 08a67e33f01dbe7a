import type { ApiKeyId, JobId, UserId } from '../common/ids.js';
import type { JobDocument } from './job.schema.js';

export { jobPriorities, type JobPriority, type JobRowState } from './job.schema.js';

export type JobAuthor =
  | { readonly kind: 'user'; readonly userId: UserId }
  | { readonly kind: 'apiKey'; readonly userId: UserId; readonly keyId: ApiKeyId }
  | { readonly kind: 'system' };

/** A job of the ledger as a plain object. */
export interface JobRow extends Readonly<
  Omit<JobDocument, '_id' | 'author' | 'pendingSince' | 'expireAt' | 'unalerted' | 'loneStarts'>
> {
  readonly id: JobId;
  readonly author: JobAuthor;
}

/** What running a job needs of its row. */
export type RunnableJob = Pick<
  JobRow,
  | 'id'
  | 'queue'
  | 'name'
  | 'data'
  | 'runAt'
  | 'attempts'
  | 'lastFailure'
  | 'state'
  | 'generation'
  | 'requestId'
  | 'traceparent'
>;

/** What it takes to look for a job in Redis. */
export type PublishedJob = Pick<JobRow, 'id' | 'queue' | 'generation' | 'publishedAt'>;

/** What the ledger is given when it accepts a job. */
export type NewJob = Pick<
  JobRow,
  'id' | 'queue' | 'name' | 'data' | 'priority' | 'runAt' | 'author' | 'requestId' | 'traceparent'
>;

/** How a run ended well; the ledger is told in batches. */
export interface JobCompletion {
  readonly id: JobId;
  readonly queue: string;
  readonly attempts: number;
  readonly result: unknown;
}

/** How the last attempt of a job ended. */
export interface JobDeath {
  readonly id: JobId;
  readonly generation: number;
  readonly attempts: number;
  /** The ledger keeps the beginning of each. */
  readonly error: { readonly message: string; readonly stack?: string | undefined };
}
