import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { inject, vi } from 'vitest';
import { Client } from './client.js';

export interface RunningApi extends AsyncDisposable {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Without credentials. */
  readonly client: Client;
  /** The name of the database that belongs to this application alone. */
  readonly database: string;
  /** A client that holds the first administrator's token. */
  asAdministrator(): Promise<Client>;
  close(): Promise<void>;
}

export const administrator = { email: 'admin@nexus.test', password: 'Correct-Horse-7-Battery' } as const;

/** The same server, another database. */
export function databaseUri(uri: string, database: string): string {
  const url = new URL(uri);
  url.pathname = `/${database}`;
  return url.toString();
}

/** Settings of an application that shares the servers of the test run and nothing on them. */
export function isolatedSettings(): Record<string, string> {
  const name = `test-${randomBytes(6).toString('hex')}`;
  return {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'fatal',
    MONGODB_URI: databaseUri(inject('mongodbUri'), name),
    MONGODB_AUTO_INDEX: 'true',
    REDIS_URL: inject('redisUrl'),
    QUEUE_PREFIX: `{${name}}`,
    BCRYPT_COST: '4',
    // What is tested elsewhere comes from one address; test/limits switches them on.
    RATE_LIMIT_ANONYMOUS: 'off',
    RATE_LIMIT_PRINCIPAL: 'off',
    RATE_LIMIT_AUTH_FAILURES: 'off',
    ADMIN_EMAIL: administrator.email,
    ADMIN_PASSWORD: administrator.password,
    MAIL_FOLDER: join(tmpdir(), `nexus-${name}`),
  };
}

/**
 * The API in this process, on a port of its own, over a database and queues of its own, ready to be used.
 * `settings` are environment variables that differ from isolatedSettings().
 */
export async function startApi(
  settings: Readonly<Record<string, string>> = {},
  { untilReady = true }: { untilReady?: boolean } = {},
): Promise<RunningApi> {
  const environment = { ...isolatedSettings(), ...settings };
  Object.assign(process.env, environment);
  const inProduction = environment['NODE_ENV'] === 'production';
  // The names of cookies are made while modules load, and test files share the loaded modules.
  if (inProduction) vi.resetModules();
  // Imported late: modules read their settings while they load.
  const { createApi } = await import('../../src/api.js');
  const { DatabaseConnection } = await import('../../src/infrastructure/mongo/database-connection.js');
  const { getConnectionToken } = await import('@nestjs/mongoose');

  const app = await createApi();
  await app.listen(0, '127.0.0.1');
  if (untilReady) await app.get(DatabaseConnection).untilPrepared();
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const client = new Client(url);

  const close = async (): Promise<void> => {
    await app.getHttpAdapter().close();
    const connection = app.get(getConnectionToken(), { strict: false });
    if (connection.readyState === 1) await connection.dropDatabase();
    await app.close();
    if (inProduction) vi.resetModules();
    rmSync(environment['MAIL_FOLDER'] ?? '', { recursive: true, force: true });
  };

  return {
    app,
    url,
    client,
    database: new URL(environment['MONGODB_URI'] ?? '').pathname.slice(1),
    asAdministrator: () => client.login(administrator),
    close,
    [Symbol.asyncDispose]: close,
  };
}
