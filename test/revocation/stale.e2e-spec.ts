import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SignalPoller } from '../../src/infrastructure/mongo/signals/signal-poller.js';
import { proxiedServices, untilStatus, type ProxiedServices } from '../health/proxied.js';
import { administrator, startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';

const guarded = '/api/users?limit=0';

/** In order: each step leaves the process as the next one needs it. */
describe.sequential('a process that cannot read the signals', () => {
  let services: ProxiedServices;
  let api: RunningApi;
  let client: Client;
  let connection: Connection;
  beforeAll(async () => {
    services = await proxiedServices();
    const uri = new URL(services.settings['MONGODB_URI'] ?? '');
    uri.searchParams.set('monitorCommands', 'true');
    uri.searchParams.set('serverSelectionTimeoutMS', '1000');
    api = await startApi({ ...services.settings, MONGODB_URI: uri.href, SIGNALS_STALE_AFTER: '3s' });
    connection = api.app.get(getConnectionToken(), { strict: false });
    client = await api.client.login(administrator);
    expect((await client.get(guarded)).status).toBe(400);
  });
  afterAll(async () => {
    await services?.mongo.restore();
    await api?.close();
    await services?.close();
  });

  async function untilAnswered(status: number, limit: number): Promise<void> {
    await vi.waitFor(async () => expect((await client.get(guarded)).status).toBe(status), {
      timeout: limit,
      interval: 50,
    });
  }

  it('goes on by memory for as long as it may, then answers 503, and is well again by itself', async () => {
    await services.mongo.cut();
    expect((await client.get(guarded)).status).toBe(400);
    await untilAnswered(503, 15_000);
    const refused = await client.get(guarded);
    expect(refused.body).toMatchObject({ success: false, statusCode: 503 });
    expect(refused.headers.get('retry-after')).toBe('1');
    const ready = await api.client.get('/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({ error: { signals: { status: 'down' } } });

    await services.mongo.restore();
    await untilStatus(api.url, '/health/ready', 200, 15_000);
    expect((await client.get(guarded)).status).toBe(400);
  });

  it('answers 503 in time when the database is frozen, not gone', async () => {
    services.mongo.freeze();
    await untilAnswered(503, 20_000);
    const start = performance.now();
    expect((await client.get(guarded)).status).toBe(503);
    expect(performance.now() - start).toBeLessThan(3_000);
    await services.mongo.restore();
    await untilStatus(api.url, '/health/ready', 200, 15_000);
  });

  it('reads session and user for each request when the database is there, and is not ready', async () => {
    await api.app.get(SignalPoller, { strict: false }).onModuleDestroy();
    await untilStatus(api.url, '/health/ready', 503, 20_000);
    const reads: string[] = [];
    connection.getClient().on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'find') reads.push(String(command['find']));
    });
    for (let count = 0; count < 10; count++) expect((await client.get(guarded)).status).toBe(400);
    expect(reads.filter((name) => name === 'sessions')).toHaveLength(10);
    expect(reads.filter((name) => name === 'users')).toHaveLength(10);

    const other = await api.client.login(administrator);
    await connection.collection('users').updateMany({}, { $set: { status: 'suspended' } });
    expect((await other.get(guarded)).status).toBe(401);
    await connection.collection('users').updateMany({}, { $set: { status: 'active' } });
    expect((await other.get(guarded)).status).toBe(400);
    await connection.collection('sessions').deleteMany({});
    expect((await other.get(guarded)).status).toBe(401);
  });
});
