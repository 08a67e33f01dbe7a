import type { PgConnection } from './connection.js';
import type { Statement } from './encode.js';
import type { Pool } from './pool.js';

const ID: Statement = { name: 'xid', text: 'select pg_current_xact_id_if_assigned()::text' };
const STATUS: Statement = { name: 'xact-status', text: 'select pg_xact_status($1::text::xid8)' };

/** The id of the SQL transaction that is open in a connection; null when it has written nothing. */
export async function transactionId(connection: PgConnection): Promise<string | null> {
  return (await connection.run(ID, []))?.[0]?.toString() ?? null;
}

/** How a SQL transaction ended, which PostgreSQL knows also after a crash: committed, aborted, or in progress. */
export async function transactionStatus(pool: Pool, id: string): Promise<string> {
  return (await pool.run(STATUS, [id]))?.[0]?.toString() ?? '';
}
