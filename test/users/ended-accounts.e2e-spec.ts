import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';

const password = 'Another-Horse-8-Battery';

let api: RunningApi;
let admin: Client;

beforeAll(async () => {
  api = await startApi();
  admin = await api.asAdministrator();
});
afterAll(() => api?.close());

async function create(email: string, roles?: string[]): Promise<{ id: string; client: Client }> {
  const reply = await admin.post('/api/users', {
    email,
    name: 'Somebody',
    password,
    ...(roles && { roles }),
  });
  expect(reply.status, reply.text).toBe(201);
  return { id: String(reply.body.data?.id), client: await api.client.login({ email, password }) };
}

describe('the end of an account', () => {
  it('is the end of its sessions, also when the account comes back', async () => {
    const { id, client } = await create('back@example.com');
    expect((await client.get('/api/users/me')).status).toBe(200);
    await admin.delete(`/api/users/${id}`);
    expect((await client.get('/api/users/me')).status).toBe(401);

    expect((await admin.post(`/api/users/${id}/restore`)).status).toBe(200);
    expect((await client.get('/api/users/me')).body).toMatchObject({
      statusCode: 401,
      code: 'SESSION_ENDED',
    });
    const again = await api.client.login({ email: 'back@example.com', password });
    expect((await again.get('/api/users/me')).status).toBe(200);
  });

  it('leaves one administrator when the last ones delete each other at once', async () => {
    const others = await Promise.all(
      [1, 2, 3].map((number) => create(`admin${number}@example.com`, ['admin'])),
    );
    const me = await admin.get('/api/users/me');
    const [first] = others;
    expect((await first?.client.delete(`/api/users/${String(me.body.data?.id)}`))?.status).toBe(200);

    // Each one deletes the next one, the last one the first.
    await Promise.all(
      others.map(({ client }, index) =>
        client.delete(`/api/users/${others[(index + 1) % others.length]?.id ?? ''}`),
      ),
    );
    const seen = await Promise.all(others.map(({ client }) => client.get('/api/users?role=admin')));
    expect(seen.filter((reply) => reply.status === 200).length).toBeGreaterThan(0);
  });
});
