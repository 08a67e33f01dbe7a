import { deserialize, type Document } from 'bson';
import { valueOf } from '../bson/scan.js';
import type { Request } from '../request.js';

/** The statement at a position of a write command (a document, an update, a deletion), with exact types; or null. */
export function statementAt(request: Request, field: string, position: number): Document | null {
  const raw = request.sequence === null ? inBody(request, field, position) : inSequence(request, position);
  return raw === null ? null : deserialize(raw, { promoteValues: false, bsonRegExp: true });
}

function inBody(request: Request, field: string, position: number): Buffer | null {
  const array = valueOf(request.body, field);
  return array === null ? null : valueOf(array, String(position));
}

function inSequence(request: Request, position: number): Buffer | null {
  const documents = request.sequence?.documents ?? Buffer.alloc(0);
  let at = 0;
  for (let left = position; left > 0 && at < documents.length; left -= 1) at += documents.readInt32LE(at);
  return at < documents.length ? documents.subarray(at, at + documents.readInt32LE(at)) : null;
}
