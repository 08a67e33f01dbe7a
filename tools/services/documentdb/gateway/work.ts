import type { Request } from './request.js';
import type { PgConnection } from './sql/connection.js';

/** Whoever sent a command: one connection of a client. */
export interface Client {
  readonly id: number;
  readonly peer: string;
}

/** One command on its way through the engine. */
export interface Work {
  readonly request: Request;
  readonly client: Client;
  /** Where its statements run; in a transaction the transaction's own. */
  readonly connection: PgConnection;
  /** A SQL transaction is open around it, although the client has none: it is all undone when it meets a conflict. */
  atomic: boolean;
  /** Set by a command whose cursor now lives in the connection's session: it must not be given back. */
  keepsConnection: boolean;
  /** Set by a command that answers normally although its transaction must end. */
  endsTransaction: boolean;
}

/** Something that a client may ask of the engine. */
export type EngineCommand = (work: Work) => Promise<Buffer>;

/** A command about to run on that connection. */
export function newWork(request: Request, client: Client, connection: PgConnection): Work {
  return { request, client, connection, atomic: false, keepsConnection: false, endsTransaction: false };
}
