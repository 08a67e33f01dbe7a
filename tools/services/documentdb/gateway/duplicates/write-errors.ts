import { deserialize, serialize, type Document } from 'bson';
import { CommandError, DUPLICATE_KEY, nameState, TRANSIENT, unpackState, WRITE_CONFLICT } from '../errors.js';
import type { Statement } from '../sql/encode.js';
import { SqlError } from '../sql/errors.js';
import type { Work } from '../work.js';
import { describe, keyOf, valueAt, type Duplicate } from './duplicate.js';
import { indexesOf, seesKey, toDocument, type Index } from './indexes.js';
import { readRaised, SAVEPOINT, writeConflict, type RaisedKey } from './raised.js';
import { statementAt } from './statements.js';

const PROBE: Statement = {
  name: 'probe-duplicate',
  text: 'select p_success from documentdb_api.find_and_modify($1::text, $2::documentdb_core.bson)',
};

/**
 * The answer of a write that failed in part, its errors named as MongoDB names them.
 * @throws CommandError for a conflict in a transaction; SqlError when nothing of it stays done and it may be sent again.
 */
export async function nameWriteErrors(work: Work, result: Buffer): Promise<Buffer> {
  const answer = deserialize(result, { promoteValues: false, bsonRegExp: true });
  const found: unknown = answer['writeErrors'];
  const errors = (Array.isArray(found) ? found : []).map(toDocument);
  const states = errors.map((each) => unpackState(Number(each['code'])));
  const { inTransaction } = work.request;
  const conflicts = states.filter((state) => nameState(state, inTransaction).code === WRITE_CONFLICT.code);
  if (conflicts.length > 0 && inTransaction) {
    throw new CommandError(WRITE_CONFLICT, String(errors[0]?.['errmsg']), [TRANSIENT]);
  }
  const nothingDone = conflicts.length === errors.length && Number(answer['n']) === 0;
  if (conflicts.length > 0 && (work.atomic || nothingDone)) {
    throw new SqlError(conflicts[0] ?? '', String(errors[0]?.['errmsg']), '', '');
  }
  const names = new DuplicateNames(work);
  const named: Document[] = [];
  for (const [position, error] of errors.entries()) {
    const coded = nameState(states[position] ?? '', inTransaction);
    const duplicate = coded.code === DUPLICATE_KEY.code ? await names.of(error) : null;
    named.push({ ...error, ...coded, ...(duplicate !== null && describe(work.request, duplicate)) });
  }
  work.endsTransaction = true;
  return Buffer.from(serialize({ ...answer, writeErrors: named }));
}

/** Finds out about the duplicates of one command. */
class DuplicateNames {
  private indexes: Promise<Index[]> | null = null;

  constructor(private readonly work: Work) {}

  /** @throws CommandError when the key was written by a transaction that this one can't see. */
  async of(error: Document): Promise<Duplicate | null> {
    const indexName = /Index '(.+)'/.exec(String(error['errmsg']))?.[1];
    this.indexes ??= indexesOf(this.work);
    const index = (await this.indexes).find((each) => each.name === indexName);
    if (index === undefined) return null;
    const { request } = this.work;
    const field = request.name === 'insert' ? 'documents' : 'updates';
    const statement = statementAt(request, field, Number(error['index'])) ?? {};
    const keyValue = await this.keyValue(statement, index.key);
    // What an update of many wrote before it failed is undone: it may have collided with itself.
    const looksElsewhere = request.inTransaction && keyValue !== null && statement['multi'] !== true;
    if (looksElsewhere && !(await seesKey(this.work, keyValue, index.partial))) throw writeConflict();
    return { indexName: index.name, keyPattern: index.key, keyValue };
  }

  private async keyValue(statement: Document, keyPattern: Document): Promise<Document | null> {
    if (this.work.request.name === 'insert') return keyOf(statement, keyPattern);
    return (await this.probe(statement))?.keyValue ?? literalKey(statement, keyPattern);
  }

  /**
   * The engine names the refused key only where it raises the error, which find-and-modify does: the update is tried as
   * one, and whatever it does is rolled back.
   */
  private async probe(update: Document): Promise<RaisedKey | null> {
    const { request, connection } = this.work;
    const { q, u, upsert, arrayFilters, collation } = update;
    const given = Object.entries({ upsert, arrayFilters, collation }).filter(
      ([, value]) => value !== undefined,
    );
    const command = { findAndModify: request.target, query: q, update: u, ...Object.fromEntries(given) };
    const [begin, end] =
      request.inTransaction || this.work.atomic
        ? [`savepoint ${SAVEPOINT}`, `rollback to savepoint ${SAVEPOINT}`]
        : ['begin', 'rollback'];
    const begun = connection.simple(begin);
    const tried = connection.run(PROBE, [request.database, Buffer.from(serialize(command))]);
    const [, outcome] = await Promise.allSettled([begun, tried, connection.simple(end)]);
    return outcome.status === 'rejected' ? readRaised(outcome.reason) : null;
  }
}

/** The key of an update that sets every part of it to a literal; null otherwise. */
function literalKey(update: Document, keyPattern: Document): Document | null {
  const u = toDocument(update['u']);
  const set: Document =
    'u' in update && Object.keys(u).some((name) => name.startsWith('$'))
      ? { ...toDocument(u['$setOnInsert']), ...toDocument(u['$set']) }
      : u;
  const parts = Object.keys(keyPattern).map((path): [string, unknown] => [
    path,
    set[path] ?? valueAt(set, path),
  ]);
  return parts.every(([, value]) => value !== undefined) ? Object.fromEntries(parts) : null;
}
