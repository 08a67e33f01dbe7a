import type { CursorLimits } from './cursors.js';
import type { PostgresAddress } from './sql/connection.js';
import type { PoolLimits } from './sql/pool.js';

/** What a gateway is started with; times in milliseconds. Everything but `postgres` has a default. */
export interface GatewayOptions {
  readonly postgres: PostgresAddress;
  /** A loopback address: there is no authentication. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  /** Clients' connections at most; further ones are closed at once. */
  readonly maxConnections?: number;
  /** SQL connections at most. */
  readonly sqlConnections?: number;
  readonly transactionLifetimeMs?: number;
  readonly cursorIdleMs?: number;
  readonly cursorOrphanMs?: number;
  /** How long a client may take for the rest of a message, or to read an answer. */
  readonly stallMs?: number;
  /** Told what an operator would want to know, a line at a time. */
  readonly log?: (line: string) => void;
}

export interface GatewaySettings {
  readonly postgres: PostgresAddress;
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
  readonly transactionLifetimeMs: number;
  readonly stallMs: number;
  readonly pool: PoolLimits;
  readonly cursors: CursorLimits;
  readonly log: (line: string) => void;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|::1)$/;

/** Options with their defaults. @throws RangeError for a host that others could reach. */
export function settingsOf(options: GatewayOptions): GatewaySettings {
  const host = options.host ?? '127.0.0.1';
  if (!LOOPBACK.test(host)) throw new RangeError(`the gateway listens on loopback only, not on ${host}`);
  const size = options.sqlConnections ?? 40;
  return {
    postgres: options.postgres,
    host,
    port: options.port ?? 0,
    maxConnections: options.maxConnections ?? 500,
    transactionLifetimeMs: options.transactionLifetimeMs ?? 60_000,
    stallMs: options.stallMs ?? 30_000,
    pool: { size, pinned: Math.max(1, Math.floor(size * 0.8)), waitMs: 30_000, idleMs: 60_000 },
    cursors: {
      idleMs: options.cursorIdleMs ?? 600_000,
      orphanMs: options.cursorOrphanMs ?? 60_000,
      count: 10_000,
    },
    log: options.log ?? (() => undefined),
  };
}
