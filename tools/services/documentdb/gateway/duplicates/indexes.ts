import { deserialize, serialize, type Document } from 'bson';
import type { Statement } from '../sql/encode.js';
import type { Work } from '../work.js';

const LIST: Statement = {
  name: 'list-for-duplicate',
  text: 'select cursorpage from documentdb_api.list_indexes_cursor_first_page($1::text, $2::documentdb_core.bson)',
};
const FIND: Statement = {
  name: 'find-for-duplicate',
  text: 'select cursorpage from documentdb_api.find_cursor_first_page($1::text, $2::documentdb_core.bson)',
};

/** One index as listIndexes tells it. */
export interface Index {
  readonly name: string;
  readonly key: Document;
  readonly unique: boolean;
  readonly partial: Document | null;
}

/** The indexes of the collection that a command writes to. */
export async function indexesOf(work: Work): Promise<Index[]> {
  const listed = await firstBatch(work, LIST, {
    listIndexes: work.request.target,
    cursor: { batchSize: 100 },
  });
  return listed.map((each) => ({
    name: String(each['name']),
    key: toDocument(each['key']),
    unique: each['unique'] === true || each['name'] === '_id_',
    partial: 'partialFilterExpression' in each ? toDocument(each['partialFilterExpression']) : null,
  }));
}

/** Whether the command's transaction sees a document with that key. */
export async function seesKey(work: Work, keyValue: Document, partial: Document | null): Promise<boolean> {
  const equal = Object.entries(keyValue).map(([path, value]) => ({
    [path]: Array.isArray(value) ? { $in: value } : { $eq: value },
  }));
  const filter = { $and: [...equal, ...(partial === null ? [] : [partial])] };
  const find = { find: work.request.target, filter, projection: { _id: 1 }, limit: 1, singleBatch: true };
  return (await firstBatch(work, FIND, find)).length > 0;
}

async function firstBatch(work: Work, statement: Statement, command: Document): Promise<Document[]> {
  const body = Buffer.from(serialize({ ...command, $db: work.request.database }));
  const [page] = (await work.connection.run(statement, [work.request.database, body])) ?? [];
  if (!page) return [];
  const batch: unknown = toDocument(deserialize(page, { bsonRegExp: true })['cursor'])['firstBatch'];
  return Array.isArray(batch) ? batch.map(toDocument) : [];
}

/** A value known to be a document; an empty one when it is not. */
export function toDocument(value: unknown): Document {
  return typeof value === 'object' && value !== null ? value : {};
}
