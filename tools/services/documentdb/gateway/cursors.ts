import { deserialize } from 'bson';
import { failure } from './errors.js';
import type { Request } from './request.js';
import type { PgConnection } from './sql/connection.js';
import { readBoolean, type Row } from './sql/decode.js';
import type { Statement } from './sql/encode.js';
import { SqlError } from './sql/errors.js';
import type { Pool } from './sql/pool.js';
import type { Client, Work } from './work.js';

const GET_MORE: Statement = {
  name: 'getmore',
  text:
    'select cursorpage, continuation from documentdb_api.cursor_get_more' +
    '($1::text, $2::documentdb_core.bson, $3::documentdb_core.bson)',
};

interface Cursor {
  readonly id: bigint;
  readonly session: string;
  /** The transaction that it was opened in; null outside of one. */
  readonly transaction: bigint | null;
  /** Its rows live in the SQL session: the engine can't go on from the continuation alone. */
  readonly lives: boolean;
  /** That SQL session, outside of transactions. */
  readonly pinned: PgConnection | null;
  continuation: Buffer;
  client: Client;
  expiresAt: number;
  busy: boolean;
}

/** Times in milliseconds. */
export interface CursorLimits {
  readonly idleMs: number;
  /** The same for a cursor that holds a SQL connection, once the connection that used it last was closed. */
  readonly orphanMs: number;
  readonly count: number;
}

/** Open cursors: the engine's continuation of each, and the SQL connection of those that need one. */
export class Cursors {
  private readonly open = new Map<bigint, Cursor>();

  constructor(
    private readonly pool: Pool,
    private readonly limits: CursorLimits,
  ) {}

  get size(): number {
    return this.open.size;
  }

  /** Answers a first page, given as (page, continuation, persist, id), and remembers its cursor when there is more. */
  firstPage(work: Work, row: Row): Buffer {
    const [page, continuation, persist, id] = row;
    if (!page) throw new Error('the engine answered no page');
    if (!continuation || !id) return page;
    const { request, client } = work;
    const transaction = request.inTransaction ? request.transactionNumber : null;
    const lives = readBoolean(persist);
    const held = transaction === null && lives;
    if (lives && transaction !== null) this.replaceIn(request.session, transaction);
    if (held) this.hold(work, continuation);
    while (this.open.size >= this.limits.count && this.dropOldest(() => true));
    const cursor: Cursor = {
      id: id.readBigInt64BE(0),
      session: request.session,
      transaction,
      lives,
      pinned: held ? work.connection : null,
      continuation: Buffer.from(continuation),
      client,
      expiresAt: Date.now() + this.limits.idleMs,
      busy: false,
    };
    this.open.set(cursor.id, cursor);
    return page;
  }

  /** The next page. In a transaction `connection` is the transaction's. @throws CommandError 43 for unknown cursors. */
  async more(request: Request, client: Client, connection: PgConnection | null): Promise<Buffer> {
    const cursor = this.open.get(request.cursorId);
    const transaction = request.inTransaction ? request.transactionNumber : null;
    if (cursor === undefined || cursor.session !== request.session || cursor.transaction !== transaction) {
      throw failure(43, 'CursorNotFound', `cursor id ${request.cursorId} not found`);
    }
    if (cursor.busy) throw failure(12051, 'CursorInUse', `cursor id ${request.cursorId} is already in use`);
    cursor.busy = true;
    cursor.client = client;
    try {
      const values = [request.database, request.body, cursor.continuation];
      const where = cursor.pinned ?? connection ?? this.pool;
      const [page, continuation] = (await where.run(GET_MORE, values)) ?? [];
      if (!page) throw new SqlError('XX000', 'the engine answered no page', '', '');
      if (continuation) cursor.continuation = Buffer.from(continuation);
      else this.close(cursor);
      return page;
    } catch (error) {
      this.close(cursor);
      throw error;
    } finally {
      cursor.busy = false;
      cursor.expiresAt = Date.now() + this.limits.idleMs;
    }
  }

  /** True when there was such a cursor. One in use is killed after its page. */
  kill(id: bigint): boolean {
    const cursor = this.open.get(id);
    if (cursor !== undefined) this.close(cursor);
    return cursor !== undefined;
  }

  /** A session has ended, or one transaction of it (its SQL session's cursors end with it). */
  endSession(session: string, transaction?: bigint): void {
    for (const cursor of this.open.values()) {
      if (cursor.session !== session) continue;
      if (transaction === undefined || cursor.transaction === transaction) this.close(cursor);
    }
  }

  /** A driver may go on with a cursor on another of its connections, but what holds a SQL connection must hurry. */
  disconnected(client: Client): void {
    const limit = Date.now() + this.limits.orphanMs;
    for (const cursor of this.open.values()) {
      if (cursor.client === client && cursor.pinned) cursor.expiresAt = Math.min(cursor.expiresAt, limit);
    }
  }

  /** Closes cursors that nobody used for too long. Called once a second. */
  tidy(now: number): void {
    for (const cursor of this.open.values()) {
      if (!cursor.busy && cursor.expiresAt <= now) this.close(cursor);
    }
  }

  // The engine has closed it by now: it keeps one such cursor a session.
  private replaceIn(session: string, transaction: bigint): void {
    for (const cursor of this.open.values()) {
      if (cursor.lives && cursor.session === session && cursor.transaction === transaction)
        this.close(cursor);
    }
  }

  private hold(work: Work, continuation: Buffer): void {
    while (!this.pool.pin()) {
      if (this.dropOldest((cursor) => cursor.pinned !== null)) continue;
      void closeRows(work.connection, continuation);
      throw failure(202, 'NetworkInterfaceExceededTimeLimit', 'too many transactions and cursors are open');
    }
    work.keepsConnection = true;
  }

  private dropOldest(which: (cursor: Cursor) => boolean): boolean {
    for (const cursor of this.open.values()) {
      if (cursor.busy || !which(cursor)) continue;
      this.close(cursor);
      return true;
    }
    return false;
  }

  private close(cursor: Cursor): void {
    if (this.open.delete(cursor.id) && cursor.pinned !== null)
      void this.letGo(cursor.pinned, cursor.continuation);
  }

  private async letGo(connection: PgConnection, continuation: Buffer): Promise<void> {
    await closeRows(connection, continuation);
    this.pool.unpin();
    this.pool.release(connection);
  }
}

/** Closes the SQL cursor that a continuation names; one that has given all its rows is closed already. */
async function closeRows(connection: PgConnection, continuation: Buffer): Promise<void> {
  const name: unknown = deserialize(continuation)['qn'];
  if (typeof name !== 'string') return;
  await connection.simple(`close "${name.replaceAll('"', '""')}"`).catch(() => undefined);
}
