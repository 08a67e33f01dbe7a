import { Types } from 'mongoose';
import { apiKeyIds, jobIds, userIds } from '../common/ids.js';
import type { JobDocument } from './job.schema.js';
import type { JobAuthor, JobRow, NewJob } from './job-row.js';

/** The fields of RunnableJob. */
export const runnable = {
  queue: 1,
  name: 1,
  data: 1,
  runAt: 1,
  state: 1,
  generation: 1,
  attempts: 1,
  lastFailure: 1,
  requestId: 1,
  traceparent: 1,
} as const;

function readAuthor({ kind, userId, keyId }: JobDocument['author']): JobAuthor {
  if (kind === 'system' || userId === undefined) return { kind: 'system' };
  if (kind === 'user' || keyId === undefined)
    return { kind: 'user', userId: userIds.parse(userId.toHexString()) };
  return {
    kind,
    userId: userIds.parse(userId.toHexString()),
    keyId: apiKeyIds.parse(keyId.toHexString()),
  };
}

export function rowOf({
  _id,
  author,
  pendingSince: _,
  expireAt: __,
  unalerted: ___,
  loneStarts: ____,
  ...document
}: JobDocument): JobRow {
  return { ...document, id: jobIds.parse(_id.toHexString()), author: readAuthor(author) };
}

/** The document of a job that is accepted now. Field by field: what is left of an object is slow to make. */
export function newDocument(job: NewJob, now: Date): JobDocument {
  const { traceparent } = job;
  return {
    _id: new Types.ObjectId(job.id),
    queue: job.queue,
    name: job.name,
    data: job.data,
    priority: job.priority,
    runAt: job.runAt,
    requestId: job.requestId,
    ...(traceparent !== undefined && { traceparent }),
    author: storedAuthor(job.author),
    state: 'pending',
    generation: 1,
    attempts: 0,
    createdAt: now,
    pendingSince: now,
    publishedAt: null,
    lastFailure: null,
    completedAt: null,
    result: null,
    failedAt: null,
    error: null,
    cancelledAt: null,
    expireAt: null,
  };
}

function storedAuthor(author: JobAuthor): JobDocument['author'] {
  if (author.kind === 'system') return { kind: 'system' };
  const userId = new Types.ObjectId(author.userId);
  return author.kind === 'user'
    ? { kind: 'user', userId }
    : { kind: 'apiKey', userId, keyId: new Types.ObjectId(author.keyId) };
}
