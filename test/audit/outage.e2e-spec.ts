import { createConnection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proxiedServices, type ProxiedServices } from '../health/proxied.js';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';
import { eventually } from './trail.js';

const password = 'Another-Horse-8-Battery';

describe('a refusal while the database is away', () => {
  let services: ProxiedServices;
  let api: RunningApi;
  let admin: Client;
  let weak: Client;
  let id: string;

  beforeAll(async () => {
    services = await proxiedServices();
    api = await startApi(services.settings);
    admin = await api.asAdministrator();
    const credentials = { email: 'weak@nexus.test', password };
    const created = await admin.post('/api/users', { ...credentials, name: 'Weak' });
    id = String(created.body.data?.id);
    weak = await admin.login(credentials);
    // Warm: from here on the refusal itself needs no database.
    expect((await weak.get('/api/users/me')).status).toBe(200);
  });
  afterAll(() => services?.close());

  it('is answered at once, and audited when the database is back', async () => {
    await services.mongo.cut();
    const startedAt = performance.now();
    const replies = await Promise.all(Array.from({ length: 20 }, () => weak.get('/api/audit')));
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 403));
    // Longer than the pause between two attempts to write.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await services.mongo.restore();

    const [entry, ...others] = await eventually(admin, `action=access.denied&actor=${id}`);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ outcome: 'refused', target: { type: 'route', id: 'GET /api/audit' } });
  });

  it('is written when the process ends, whatever was still held back', async () => {
    expect((await weak.get('/api/audit')).status).toBe(403);
    await api.app.close();
    const connection = await createConnection(services.settings['MONGODB_URI'] ?? '').asPromise();
    const entries = await connection
      .collection('auditEntries')
      .find({ action: 'access.denied', 'actor.id': id })
      .toArray();
    await connection.dropDatabase();
    await connection.close();
    expect(entries.reduce((sum, { count }) => sum + Number(count), 0)).toBe(21);
  });
});
