import { Schema, type Types } from 'mongoose';

export const jobRowStates = ['pending', 'published', 'done', 'dead', 'cancelled'] as const;
/**
 * pending: accepted, not yet handed to BullMQ. published: BullMQ has it. done, dead, cancelled: over. A dead job may
 * be made pending again, in the next generation.
 */
export type JobRowState = (typeof jobRowStates)[number];

export const jobPriorities = ['LOW', 'NORMAL', 'HIGH', 'CRITICAL'] as const;
export type JobPriority = (typeof jobPriorities)[number];

/** Who asked for a job; 'system' when no request did. */
export interface JobAuthor {
  kind: 'user' | 'apiKey' | 'system';
  userId?: Types.ObjectId;
  keyId?: Types.ObjectId;
}

/** Why the last attempt failed, and when the next one is due. */
export interface JobFailure {
  at: Date;
  error: string;
  nextAttemptAt: Date;
}

export interface JobDocument {
  _id: Types.ObjectId;
  queue: string;
  name: string;
  data: Record<string, unknown>;
  state: JobRowState;
  /** Counts from 1; each retry of a dead job is the next generation, under a BullMQ id of its own. */
  generation: number;
  priority: JobPriority;
  /** Not before this time; null: as soon as possible. */
  runAt: Date | null;
  /** Attempts made so far in this generation, as far as the ledger was told. */
  attempts: number;
  /** Starts by itself, in the attempt of that number, after it had lost its worker more than once; absent: none. */
  loneStarts?: { attempt: number; count: number };
  author: JobAuthor;
  requestId: string | null;
  /** W3C Trace Context: what the runs of the job are children of. Absent: nobody traced the request, or an old row. */
  traceparent?: string;
  createdAt: Date;
  /** Since when it waits to be published; the sweep takes what waits for too long. */
  pendingSince: Date;
  publishedAt: Date | null;
  lastFailure: JobFailure | null;
  completedAt: Date | null;
  result: unknown;
  failedAt: Date | null;
  error: { message: string; stack?: string } | null;
  cancelledAt: Date | null;
  /** True of a dead job of which nobody has been told yet; absent otherwise. */
  unalerted?: boolean;
  /** When the row may go; null as long as the job is not over, or is dead. */
  expireAt: Date | null;
}

export const JobModelName = 'Job';

export const JobSchema = new Schema<JobDocument>(
  {
    queue: { type: String, required: true },
    name: { type: String, required: true },
    data: { type: Schema.Types.Mixed, required: true },
    state: { type: String, enum: jobRowStates, required: true },
    generation: { type: Number, required: true },
    priority: { type: String, enum: jobPriorities, required: true },
    runAt: { type: Date, default: null },
    attempts: { type: Number, required: true },
    loneStarts: {
      type: new Schema(
        { attempt: { type: Number, required: true }, count: { type: Number, required: true } },
        { _id: false },
      ),
    },
    author: {
      type: new Schema<JobAuthor>(
        {
          kind: { type: String, enum: ['user', 'apiKey', 'system'], required: true },
          userId: { type: Schema.Types.ObjectId },
          keyId: { type: Schema.Types.ObjectId },
        },
        { _id: false },
      ),
      required: true,
    },
    requestId: { type: String, default: null },
    traceparent: { type: String },
    createdAt: { type: Date, required: true },
    pendingSince: { type: Date, required: true },
    publishedAt: { type: Date, default: null },
    lastFailure: {
      type: new Schema<JobFailure>(
        {
          at: { type: Date, required: true },
          error: { type: String, required: true },
          nextAttemptAt: { type: Date, required: true },
        },
        { _id: false },
      ),
      default: null,
    },
    completedAt: { type: Date, default: null },
    result: { type: Schema.Types.Mixed, default: null },
    failedAt: { type: Date, default: null },
    error: { type: Schema.Types.Mixed, default: null },
    cancelledAt: { type: Date, default: null },
    unalerted: { type: Boolean },
    expireAt: { type: Date, default: null },
  },
  // An empty payload or result is a value like any other.
  { collection: 'jobs', versionKey: false, minimize: false },
);

// The sweep: {state: 'pending', pendingSince: <= some time}, oldest first. Rows that are over are not in it.
JobSchema.index({ pendingSince: 1 }, { name: 'pending', partialFilterExpression: { state: 'pending' } });
// The reconciler: {state: 'published', _id: > the last one}, in order of _id.
JobSchema.index({ _id: 1, state: 1 }, { name: 'published', partialFilterExpression: { state: 'published' } });
// Dead letters, newest first: {state: 'dead'} sorted by failedAt.
JobSchema.index({ failedAt: -1, _id: -1 }, { name: 'dead', partialFilterExpression: { state: 'dead' } });
// The alert: {unalerted: true}. Hardly ever is there one.
JobSchema.index({ unalerted: 1 }, { name: 'unalerted', partialFilterExpression: { unalerted: true } });
// The jobs of a queue in one state, newest first: {queue, state} sorted by createdAt.
JobSchema.index({ queue: 1, state: 1, createdAt: -1, _id: -1 }, { name: 'queue_state' });
// No query: the database drops rows that are over once expireAt is past; null never is.
JobSchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
