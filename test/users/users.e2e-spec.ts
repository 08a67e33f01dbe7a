import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';

let api: RunningApi;
let admin: Client;

beforeAll(async () => {
  api = await startApi();
  admin = await api.asAdministrator();
});
afterAll(() => api?.close());

async function create(email: string, more: object = {}): Promise<string> {
  const reply = await admin.post('/api/users', { email, name: 'Somebody', ...more });
  expect(reply.status, reply.text).toBe(201);
  return String(reply.body.data?.id);
}

describe('creating', () => {
  it('answers the user as it is stored, pending until the invitation is used', async () => {
    const reply = await admin.post('/api/users', {
      email: '  Ada@Example.com ',
      name: 'Ada Lovelace',
      age: 36,
    });
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      statusCode: 201,
      message: 'User created',
      success: true,
      data: {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        email: 'ada@example.com',
        name: 'Ada Lovelace',
        age: 36,
        status: 'pending',
        role: [{ id: expect.stringMatching(/^[0-9a-f]{24}$/), name: 'user' }],
        emailVerified: false,
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    });
  });

  it('refuses an address that differs only in case or Unicode form', async () => {
    await create('zo\u00eb@example.com');
    for (const email of ['ZO\u00cb@EXAMPLE.com', 'zoe\u0308@example.com']) {
      const reply = await admin.post('/api/users', { email, name: 'Zoe' });
      expect(reply.body).toMatchObject({ statusCode: 409, success: false, code: 'EMAIL_TAKEN' });
    }
  });

  it('makes exactly one user of 20 equal requests at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => admin.post('/api/users', { email: 'race@example.com', name: 'Race' })),
    );
    const statuses = replies.map((reply) => reply.status).toSorted();
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
  });

  it('takes roles by name and by id, and names an unknown one', async () => {
    const guest = await admin.post('/api/users', { email: 'g@example.com', name: 'G', roles: ['guest'] });
    const roleId = String(guest.body.data?.role?.[0]?.id);
    const again = await admin.post('/api/users', { email: 'g2@example.com', name: 'G', roles: [roleId] });
    expect(again.body.data?.role).toEqual([{ id: roleId, name: 'guest' }]);
    const unknown = await admin.post('/api/users', {
      email: 'g3@example.com',
      name: 'G',
      roles: ['guest', 'king'],
    });
    expect(unknown.body).toMatchObject({
      statusCode: 400,
      code: 'ROLE_NOT_FOUND',
      errors: [{ path: 'roles.1' }],
    });
  });

  it('tells every rule that a password breaks', async () => {
    const reply = await admin.post('/api/users', { email: 'weak@example.com', name: 'W', password: 'short' });
    expect(reply.body).toMatchObject({
      statusCode: 400,
      code: 'WEAK_PASSWORD',
      errors: expect.arrayContaining([
        { path: 'password', message: 'Password must be at least 8 characters' },
        {
          path: 'password',
          message: 'Password must contain uppercase, lowercase, number, and special character.',
        },
      ]),
    });
  });

  it('lets nobody grant what they do not hold', async () => {
    const manager = { email: 'manager@example.com', password: 'Manage-Everything-9' };
    await create(manager.email, { password: manager.password, roles: ['manager'] });
    const asManager = await api.client.login(manager);
    const reply = await asManager.post('/api/users', { email: 'x@example.com', name: 'X', roles: ['admin'] });
    expect(reply.body).toMatchObject({ statusCode: 403, code: 'PERMISSION_NOT_HELD' });
  });
});

describe('one user', () => {
  it('carries an ETag, and a change that expects an older version is refused', async () => {
    const id = await create('etag@example.com');
    const first = await admin.get(`/api/users/${id}`);
    expect(first.body).toMatchObject({ message: 'User found', data: { id } });
    const etag = String(first.headers.get('etag'));

    const changed = await admin.patch(
      `/api/users/${id}`,
      { name: 'Once' },
      { headers: { 'if-match': etag } },
    );
    expect(changed.body).toMatchObject({ message: 'User updated', data: { name: 'Once' } });
    expect(changed.headers.get('etag')).not.toBe(etag);

    const stale = await admin.patch(`/api/users/${id}`, { name: 'Twice' }, { headers: { 'if-match': etag } });
    expect(stale.body).toMatchObject({ statusCode: 412, code: 'PRECONDITION_FAILED' });
    const kept = await admin.get(`/api/users/${id}`);
    expect(kept.body.data?.name).toBe('Once');
  });

  it('takes one of 10 changes that expect the same version', async () => {
    const id = await create('versions@example.com');
    const etag = String((await admin.get(`/api/users/${id}`)).headers.get('etag'));
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        admin.patch(`/api/users/${id}`, { name: `Name ${index}` }, { headers: { 'if-match': etag } }),
      ),
    );
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect(replies.filter((reply) => reply.status === 412)).toHaveLength(9);
  });

  it('keeps its version when a change changes nothing', async () => {
    const id = await create('unchanged@example.com');
    const etag = String((await admin.get(`/api/users/${id}`)).headers.get('etag'));
    const reply = await admin.patch(`/api/users/${id}`, {}, { headers: { 'if-match': etag } });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('etag')).toBe(etag);
    const stale = await admin.patch(`/api/users/${id}`, {}, { headers: { 'if-match': '"99"' } });
    expect(stale.body).toMatchObject({ statusCode: 412, code: 'PRECONDITION_FAILED' });
  });

  it('clears an optional field by null', async () => {
    const id = await create('clear@example.com', { age: 50 });
    const reply = await admin.put(`/api/users/${id}`, { age: null });
    expect(reply.status).toBe(200);
    expect(reply.body.data).not.toHaveProperty('age');
  });

  it('shows the permissions of its roles when asked', async () => {
    const id = await create('permissions@example.com', { roles: ['manager'] });
    const reply = await admin.get(`/api/users/${id}?include=permissions`);
    expect(reply.body.data?.role).toEqual([
      {
        id: expect.any(String),
        name: 'manager',
        permissions: expect.arrayContaining([{ resource: 'users', action: 'read' }]),
      },
    ]);
  });

  it('is the caller under /me', async () => {
    const reply = await admin.get('/api/users/me');
    expect(reply.body).toMatchObject({ message: 'Profile retrieved', data: { email: 'admin@nexus.test' } });
  });
});

describe('deleting and restoring', () => {
  it('hides the user, frees the address, and brings the user back', async () => {
    const id = await create('gone@example.com');
    expect((await admin.delete(`/api/users/${id}`)).body).toEqual({
      statusCode: 200,
      message: 'User deleted successfully',
      success: true,
      data: null,
    });
    expect((await admin.get(`/api/users/${id}`)).body).toMatchObject({
      statusCode: 404,
      message: 'User not found',
    });
    expect((await admin.patch(`/api/users/${id}`, { name: 'X' })).status).toBe(404);
    expect((await admin.delete(`/api/users/${id}`)).status).toBe(404);

    const restored = await admin.post(`/api/users/${id}/restore`);
    expect(restored.body).toMatchObject({
      statusCode: 200,
      message: 'User restored successfully',
      data: { id },
    });
    expect((await admin.post(`/api/users/${id}/restore`)).body).toMatchObject({
      statusCode: 404,
      message: 'Deleted user not found',
    });
  });

  it('refuses to restore when the address was taken since', async () => {
    const id = await create('taken@example.com');
    await admin.delete(`/api/users/${id}`);
    await create('taken@example.com');
    const reply = await admin.post(`/api/users/${id}/restore`);
    expect(reply.body).toMatchObject({ statusCode: 409, code: 'EMAIL_TAKEN' });
  });

  it('keeps the last administrator', async () => {
    const me = await admin.get('/api/users/me');
    const reply = await admin.delete(`/api/users/${String(me.body.data?.id)}`);
    expect(reply.body).toMatchObject({ statusCode: 409, code: 'LAST_ADMINISTRATOR' });
  });
});
