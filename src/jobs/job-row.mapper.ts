import { apiKeyIds, jobIds, userIds } from '../common/ids.js';
import type { JobDocument } from './job.schema.js';
import type { JobAuthor, JobRow } from './job-row.js';

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
