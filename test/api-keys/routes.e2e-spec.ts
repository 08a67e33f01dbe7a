import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';
import { makeKey, makeUser } from './keys.js';

describe('the routes of API keys', () => {
  let api: RunningApi;
  let admin: Client;

  beforeAll(async () => {
    api = await startApi();
    admin = await api.asAdministrator();
  });

  afterAll(() => api.close());

  it('make a key that is shown once, and works', async () => {
    const reply = await admin.post('/api/api-keys', { name: 'import', permissions: ['users:read'] });
    expect(reply.text).toContain('sk_');
    expect([reply.status, reply.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const key = String(reply.body.data?.key);
    const users = await api.client.get('/api/users', { headers: { 'x-api-key': key } });
    expect(users.status).toBe(200);
    console.log(reply.text, users.status);
  });
});
