import { createServer, type AddressInfo, type Server } from 'node:net';
import { ClientConnection } from './client-connection.js';
import { Dispatcher } from './commands/dispatch.js';
import type { Identity } from './commands/handshake.js';
import { Cursors } from './cursors.js';
import type { GatewaySettings } from './options.js';
import { Pool } from './sql/pool.js';
import { Transactions } from './transactions.js';
import type { Statement } from './sql/encode.js';

const TICK_MS = 1_000;
const RECORDS_TICK_MS = 60_000;

// Nobody sends a write again after that time; without this the engine's records of retryable writes only grow.
const FORGET_RECORDS: Statement = {
  name: 'forget-retry-records',
  text: "delete from documentdb_data.retryable_writes where write_time < now() - interval '5 minutes'",
};

/** The listening side: accepts clients, bounds their number, and keeps time for what expires. */
export class GatewayServer implements Identity {
  readonly startedAt = new Date();
  private readonly clients = new Set<ClientConnection>();
  private readonly pool: Pool;
  private readonly transactions: Transactions;
  private readonly cursors: Cursors;
  private readonly dispatcher: Dispatcher;
  private readonly server: Server;
  private readonly timers: NodeJS.Timeout[] = [];
  private lastClient = 0;
  address = '';

  constructor(private readonly settings: GatewaySettings) {
    this.pool = new Pool(settings.postgres, settings.pool, (reason) => {
      settings.log(reason === null ? 'the engine answers again' : `the engine is away: ${reason.message}`);
    });
    this.cursors = new Cursors(this.pool, settings.cursors);
    this.transactions = new Transactions(this.pool, settings.transactionLifetimeMs, (session, number) =>
      this.cursors.endSession(session, number),
    );
    this.dispatcher = new Dispatcher(this.pool, this.transactions, this.cursors, this);
    this.server = createServer({ noDelay: true }, (socket) => {
      this.lastClient += 1;
      const client = new ClientConnection(this.lastClient, socket, this.dispatcher, settings.log, () =>
        this.left(client),
      );
      this.clients.add(client);
    });
    this.server.maxConnections = settings.maxConnections;
  }

  /** Connects to the engine and listens. @throws EngineGoneError, or what listening throws. */
  async start(): Promise<number> {
    await this.pool.start();
    const { host, port } = this.settings;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host, port }, () => resolve());
    }).catch((error: unknown) => {
      this.pool.close();
      throw error;
    });
    const bound = portOf(this.server.address());
    this.address = `${host}:${bound}`;
    this.timers.push(
      setInterval(() => this.tick(Date.now()), TICK_MS).unref(),
      setInterval(() => this.forgetRecords(), RECORDS_TICK_MS).unref(),
    );
    return bound;
  }

  /** Cuts all clients off, rolls back what is open, and ends the SQL connections. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const client of this.clients) client.cut();
    this.pool.close();
    await closed;
  }

  engineUp(): boolean {
    return this.pool.engineUp;
  }

  connections(): number {
    return this.clients.size;
  }

  /** What is open now, for tests and logs. */
  counts(): { clients: number; transactions: number; cursors: number; sql: number; pinned: number } {
    const { open, pinned } = this.pool.counts;
    return {
      clients: this.clients.size,
      transactions: this.transactions.size,
      cursors: this.cursors.size,
      sql: open,
      pinned,
    };
  }

  private tick(now: number): void {
    this.pool.tidy(now);
    this.cursors.tidy(now);
    for (const client of this.clients) client.cutIfStalled(now, this.settings.stallMs);
  }

  private forgetRecords(): void {
    this.pool.run(FORGET_RECORDS, []).catch(() => undefined);
  }

  private left(client: ClientConnection): void {
    this.clients.delete(client);
    this.transactions.disconnected(client);
    this.cursors.disconnected(client);
  }
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the gateway listens on no port');
  return address.port;
}
