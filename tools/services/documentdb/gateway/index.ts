import { settingsOf, type GatewayOptions } from './options.js';
import { GatewayServer } from './server.js';

export type { GatewayOptions } from './options.js';
export type { PostgresAddress } from './sql/connection.js';

/** A gateway that answers. */
export interface Gateway {
  readonly host: string;
  readonly port: number;
  /** A connection string for MongoDB's drivers. */
  readonly uri: string;
  /** What is open now. */
  counts(): { clients: number; transactions: number; cursors: number; sql: number; pinned: number };
  /** Cuts clients off, rolls back what is open, and ends the SQL connections. */
  close(): Promise<void>;
}

/**
 * Speaks MongoDB's wire protocol on a loopback port and has the DocumentDB extension of the given PostgreSQL do the work.
 * @throws EngineGoneError when PostgreSQL does not answer, RangeError for a host that is not loopback.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const settings = settingsOf(options);
  const server = new GatewayServer(settings);
  const port = await server.start();
  return {
    host: settings.host,
    port,
    uri: `mongodb://${settings.host}:${port}/?replicaSet=rs0`,
    counts: () => server.counts(),
    close: () => server.close(),
  };
}
