import { EJSON, ObjectId, type Document } from 'bson';
import { DUPLICATE_KEY } from '../errors.js';
import type { Request } from '../request.js';

/** Which unique index refused a write, and what of the write it refused. */
export interface Duplicate {
  readonly indexName: string;
  /** As the index was defined: {email: 1}. */
  readonly keyPattern: Document;
  /** The refused key: {email: 'a@b.c'}; null when it can't be told. */
  readonly keyValue: Document | null;
}

/** The key that a document has in an index: absent fields are null, as the index sees them. */
export function keyOf(document: Document, keyPattern: Document): Document {
  return Object.fromEntries(Object.keys(keyPattern).map((path) => [path, valueAt(document, path) ?? null]));
}

/** The value at a dotted path; undefined when there is none. */
export function valueAt(document: unknown, path: string): unknown {
  let value: unknown = document;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(name);
  }
  return value;
}

/** The fields by which drivers and Mongoose recognise a duplicate key, with the message in MongoDB's words. */
export function describe(request: Request, duplicate: Duplicate): Document {
  const { indexName, keyPattern, keyValue } = duplicate;
  const shown = Object.entries(keyValue ?? {}).map(([path, value]) => `${path}: ${show(value)}`);
  const key = keyValue === null ? '' : ` dup key: { ${shown.join(', ')} }`;
  const namespace = `${request.database}.${request.target}`;
  return {
    ...DUPLICATE_KEY,
    errmsg: `E11000 duplicate key error collection: ${namespace} index: ${indexName}${key}`,
    keyPattern,
    ...(keyValue !== null && { keyValue }),
  };
}

function show(value: unknown): string {
  return value instanceof ObjectId ? `ObjectId('${value.toHexString()}')` : EJSON.stringify(value);
}
