import { deserialize, serialize } from 'bson';
import { Elements, valueOf } from './bson/scan.js';
import { reply } from './errors.js';
import type { Request } from './request.js';
import type { Statement } from './sql/encode.js';
import type { Pool } from './sql/pool.js';

const FIND: Statement = {
  name: 'find-lost-insert',
  text: 'select cursorpage from documentdb_api.find_cursor_first_page($1::text, $2::documentdb_core.bson)',
};
const KEPT = 1_000;

/**
 * Inserts whose answer never came because the engine went away. Updates and deletions are recorded by the engine (see
 * retryId); for inserts that would cost a fifth of their speed, and is not needed: when such an insert is sent again and
 * every one of its documents is already there, exactly as sent, it was done.
 */
export class LostInserts {
  private readonly bySession = new Map<string, bigint>();

  constructor(private readonly pool: Pool) {}

  note(request: Request, number: bigint): void {
    this.bySession.delete(request.session);
    this.bySession.set(request.session, number);
    for (const oldest of this.bySession.keys()) {
      if (this.bySession.size <= KEPT) break;
      this.bySession.delete(oldest);
    }
  }

  has(request: Request, number: bigint): boolean {
    return this.bySession.get(request.session) === number;
  }

  /** The answer of a lost insert that had been done; null when it must be sent to the engine. */
  async answerOf(request: Request): Promise<Buffer | null> {
    const sent = documentsOf(request).map(idFirst);
    const stored = await this.stored(request, sent);
    this.bySession.delete(request.session);
    const done = sent.length > 0 && sent.every((document) => stored.has(document.toString('latin1')));
    return done ? reply({ n: sent.length, ok: 1 }) : null;
  }

  private async stored(request: Request, sent: readonly Buffer[]): Promise<Set<string>> {
    const ids = sent.map((document): unknown => deserialize(document, { promoteValues: false })['_id']);
    const find = {
      find: request.target,
      filter: { _id: { $in: ids } },
      batchSize: ids.length + 1,
      singleBatch: true,
    };
    const body = Buffer.from(serialize({ ...find, $db: request.database }));
    const [page] = (await this.pool.run(FIND, [request.database, body])) ?? [];
    const cursor = page ? valueOf(page, 'cursor') : null;
    const batch = cursor === null ? null : valueOf(cursor, 'firstBatch');
    return new Set(batch === null ? [] : valuesOf(batch).map((document) => document.toString('latin1')));
  }
}

function documentsOf(request: Request): Buffer[] {
  if (request.sequence === null)
    return valuesOf(valueOf(request.body, 'documents') ?? Buffer.from([5, 0, 0, 0, 0]));
  const { documents } = request.sequence;
  const found: Buffer[] = [];
  for (let at = 0; at < documents.length; at += documents.readInt32LE(at)) {
    found.push(documents.subarray(at, at + documents.readInt32LE(at)));
  }
  return found;
}

function valuesOf(array: Buffer): Buffer[] {
  const values: Buffer[] = [];
  for (const element = new Elements(array); element.next();) values.push(element.value);
  return values;
}

/** A document as it is stored: its _id before all else. */
function idFirst(document: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 4;
  for (const element = new Elements(document); element.next();) {
    const bytes = document.subarray(at, element.end);
    if (element.name === '_id') parts.unshift(bytes);
    else parts.push(bytes);
    at = element.end;
  }
  return Buffer.concat([document.subarray(0, 4), ...parts, Buffer.alloc(1)], document.length);
}
