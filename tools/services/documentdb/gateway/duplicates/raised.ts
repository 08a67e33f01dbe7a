import { deserialize, type Document } from 'bson';
import { CommandError, DUPLICATE_KEY, TRANSIENT, WRITE_CONFLICT } from '../errors.js';
import type { Request } from '../request.js';
import { SqlError } from '../sql/errors.js';
import type { Work } from '../work.js';
import { describe, keyOf, type Duplicate } from './duplicate.js';
import { indexesOf, seesKey, type Index } from './indexes.js';

/** Where a command that may raise a duplicate begins, inside a transaction. */
export const SAVEPOINT = 'before_write';

const UNIQUE_VIOLATION = '23505';
const EXCLUSION_VIOLATION = '23P01';
const DOCUMENT = /BSONHEX([0-9a-f]+)/gi;

/** What a raised error says of the key: its pattern and the refused document, or the refused _id. */
export interface RaisedKey {
  readonly keyPattern: Document;
  readonly keyValue: Document;
}

/** Reads a raised error's detail; null when it is no duplicate of a collection's index. */
export function readRaised(error: unknown): RaisedKey | null {
  if (!(error instanceof SqlError)) return null;
  const [first, second] = [...error.detail.matchAll(DOCUMENT)].map((match) => decode(match[1] ?? ''));
  if (error.state === UNIQUE_VIOLATION && error.constraint.startsWith('collection_pk_') && first) {
    return { keyPattern: { _id: 1 }, keyValue: { _id: first[''] } };
  }
  if (error.state !== EXCLUSION_VIOLATION || !first || !second) return null;
  return { keyPattern: first, keyValue: keyOf(second, first) };
}

/**
 * A raised error as it is to be told: a duplicate key with its pattern and value, anything else as it was. In a
 * transaction a key that the transaction can't see was written by another one meanwhile: that is a conflict, and worth
 * another attempt.
 */
export async function nameRaisedDuplicate(work: Work, error: unknown): Promise<unknown> {
  const raised = readRaised(error);
  if (raised === null) return error;
  if (work.request.inTransaction) await work.connection.simple(`rollback to savepoint ${SAVEPOINT}`);
  const index = matching(await indexesOf(work), raised.keyPattern);
  if (work.request.inTransaction && !(await seesKey(work, raised.keyValue, index?.partial ?? null))) {
    return writeConflict();
  }
  const name = index?.name ?? Object.entries(raised.keyPattern).flat().join('_');
  return toError(work.request, { indexName: name, ...raised });
}

/** The failure of a write that another transaction got ahead of. */
export function writeConflict(): CommandError {
  return new CommandError(WRITE_CONFLICT, 'another transaction wrote the same key', [TRANSIENT]);
}

function toError(request: Request, duplicate: Duplicate): CommandError {
  const { errmsg, keyPattern, keyValue } = describe(request, duplicate);
  return new CommandError(DUPLICATE_KEY, String(errmsg), [], { keyPattern, keyValue });
}

function matching(indexes: readonly Index[], keyPattern: Document): Index | undefined {
  const wanted = patternText(keyPattern);
  return indexes.find((index) => index.unique && patternText(index.key) === wanted);
}

function patternText(pattern: Document): string {
  return JSON.stringify(Object.entries(pattern).map(([path, direction]) => [path, Number(direction)]));
}

function decode(hex: string): Document {
  return deserialize(Buffer.from(hex, 'hex'), { promoteValues: false, bsonRegExp: true });
}
