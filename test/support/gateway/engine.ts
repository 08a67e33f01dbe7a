import { randomBytes } from 'node:crypto';
import { MongoClient, type Db, type MongoClientOptions } from 'mongodb';
import { inject } from 'vitest';
import {
  startGateway,
  type Gateway,
  type GatewayOptions,
  type PostgresAddress,
} from '../../../tools/services/documentdb/gateway/index.js';

/** Why a suite of the gateway is left out. */
export const WITHOUT_ENGINE = 'left out where MongoDB is a real mongod: there is no gateway to test';

/** The PostgreSQL of the engine that this run uses; null when another MongoDB answers. */
export function enginePostgres(): PostgresAddress | null {
  const port = inject('enginePostgresPort') ?? Number(process.env['GATEWAY_TEST_POSTGRES_PORT'] ?? 0);
  if (port === 0) return null;
  return { host: '127.0.0.1', port, user: 'nexus', password: process.env['PGPASSWORD'] ?? '' };
}

/** A gateway of this test file alone, over the run's shared engine, and a database of its own. */
export interface GatewayUnderTest {
  readonly gateway: Gateway;
  readonly client: MongoClient;
  readonly db: Db;
  /** What the gateway said. */
  readonly lines: readonly string[];
  /** One more client, closed at the end. */
  connect(options?: MongoClientOptions): Promise<MongoClient>;
  /** Drops the database and ends clients and gateway. */
  close(): Promise<void>;
}

/** Starts a gateway for one test file. */
export async function openGateway(
  name: string,
  options: Partial<GatewayOptions> = {},
): Promise<GatewayUnderTest> {
  const postgres = options.postgres ?? enginePostgres();
  if (postgres === null) throw new Error(WITHOUT_ENGINE);
  const lines: string[] = [];
  const gateway = await startGateway({
    sqlConnections: 10,
    ...options,
    postgres,
    log: (line) => lines.push(line),
  });
  const clients: MongoClient[] = [];
  const connect = async (more: MongoClientOptions = {}): Promise<MongoClient> => {
    const client = await new MongoClient(gateway.uri, { serverSelectionTimeoutMS: 5_000, ...more }).connect();
    clients.push(client);
    return client;
  };
  const client = await connect();
  const db = client.db(`gateway_${name}_${randomBytes(4).toString('hex')}`);
  return {
    gateway,
    client,
    db,
    lines,
    connect,
    close: async () => {
      await db.dropDatabase();
      await Promise.all(clients.map((each) => each.close()));
      await gateway.close();
    },
  };
}

/** Waits until `check` holds. @throws Error when it doesn't within `withinMs`. */
export async function eventually(check: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not so within ${withinMs} ms: ${check.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What a promise was rejected with, as an object whose fields a test looks at. @throws Error when it resolves. */
export async function failureOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return Object.fromEntries([...Object.entries(error), ['message', error.message], ['name', error.name]]);
  }
  throw new Error('it should have failed');
}
