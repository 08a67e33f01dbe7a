import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionCatalogue } from '../../src/modules/roles/permission-catalogue.js';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client, Json, Reply } from '../support/client.js';

const password = 'Another-Horse-8-Battery';

function itemsOf(reply: Reply): Json[] {
  const { data } = reply.body;
  return Array.isArray(data) ? data : [];
}

function namesOf(role: Json | undefined): string[] {
  const permissions = role?.permissions;
  return (Array.isArray(permissions) ? permissions : []).map(
    ({ resource, action }) => `${resource}:${action}`,
  );
}

describe('roles', () => {
  let api: RunningApi;
  let admin: Client;

  beforeAll(async () => {
    api = await startApi();
    admin = await api.asAdministrator();
  });
  afterAll(() => api.close());

  async function createRole(fields: object, client = admin): Promise<Json> {
    const reply = await client.post('/api/roles', fields);
    expect([reply.status, reply.text]).toEqual([201, expect.any(String)]);
    return reply.body.data ?? {};
  }

  async function userWith(name: string, permissions: string[]): Promise<{ client: Client; id: string }> {
    await createRole({ name, permissions });
    const email = `${name}@nexus.test`;
    const reply = await admin.post('/api/users', { email, name, password, roles: [name] });
    expect(reply.status).toBe(201);
    return { client: await admin.login({ email, password }), id: String(reply.body.data?.id) };
  }

  it('come with the four of the system, oldest last', async () => {
    const reply = await admin.get('/api/roles?sortBy=name&sortOrder=asc&limit=100');
    const system = itemsOf(reply).filter((role) => Boolean(role.isSystem));
    expect(system.map((role) => role.name)).toEqual(['admin', 'guest', 'manager', 'user']);
    expect(namesOf(system[0]).toSorted()).toEqual([...permissionCatalogue].toSorted());
    expect(reply.body.pagination).toMatchObject({ currentPage: 1, itemsPerPage: 100, hasNextPage: false });
  });

  it('are made of permissions that are listed', async () => {
    const reply = await admin.get('/api/permissions?limit=100');
    expect(reply.body.message).toBe('Permissions retrieved');
    expect(itemsOf(reply)).toHaveLength(permissionCatalogue.length);
    expect(itemsOf(reply)[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      resource: expect.any(String),
      action: expect.any(String),
    });
  });

  it('are listed by cursor too', async () => {
    const seen: unknown[] = [];
    for (let cursor = ''; ;) {
      const reply = await admin.get(`/api/permissions?limit=7&cursor=${encodeURIComponent(cursor)}`);
      seen.push(...itemsOf(reply).map((permission) => permission.id));
      const next = reply.body.pagination?.nextCursor;
      if (next === undefined) break;
      cursor = String(next);
    }
    expect(new Set(seen).size).toBe(permissionCatalogue.length);
    expect(seen).toHaveLength(permissionCatalogue.length);
  });

  it('are created, read, changed and deleted', async () => {
    const created = await createRole({ name: 'editor', description: 'Edits.', permissions: ['users:read'] });
    expect(created).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      name: 'editor',
      description: 'Edits.',
      permissions: [{ id: expect.any(String), resource: 'users', action: 'read' }],
      isSystem: false,
    });
    const path = `/api/roles/${String(created.id)}`;
    const read = await admin.get(path);
    expect([read.status, read.body.data, read.headers.get('etag')]).toEqual([200, created, '"1"']);

    const changed = await admin.patch(path, { permissions: ['users:read', 'users:update'] });
    expect([changed.status, changed.body.message]).toEqual([200, 'Role updated']);
    expect(namesOf(changed.body.data)).toEqual(['users:read', 'users:update']);
    expect(changed.body.data?.description).toBe('Edits.');
    expect(changed.headers.get('etag')).toBe('"2"');

    const deleted = await admin.delete(path);
    expect([deleted.status, deleted.body.message]).toEqual([200, 'Role deleted successfully']);
    expect((await admin.get(path)).body).toMatchObject({ statusCode: 404, code: 'ROLE_NOT_FOUND' });
  });

  it('take permissions by id as well', async () => {
    const [permission] = itemsOf(await admin.get('/api/permissions'));
    const role = await createRole({ name: 'by-id', permissions: [permission?.id, permission?.id] });
    expect(role.permissions).toEqual([permission]);
  });

  it('are changed only in the version that was read', async () => {
    const { id } = await createRole({ name: 'versioned' });
    const path = `/api/roles/${String(id)}`;
    const ifMatch = (tag: string) => ({ headers: { 'if-match': tag } });
    expect((await admin.patch(path, { description: 'second' }, ifMatch('"1"'))).status).toBe(200);
    expect((await admin.patch(path, { description: 'third' }, ifMatch('"1"'))).status).toBe(412);
    expect((await admin.delete(path, ifMatch('"1"'))).status).toBe(412);
    expect((await admin.get(path)).body.data?.description).toBe('second');
    expect((await admin.delete(path, ifMatch('"2"'))).status).toBe(200);
  });

  it.each([
    [{}, 400, 'VALIDATION_FAILED'],
    [{ name: 'Capital' }, 400, 'VALIDATION_FAILED'],
    [{ name: 'x' }, 400, 'VALIDATION_FAILED'],
    [{ name: 'a'.repeat(51) }, 400, 'VALIDATION_FAILED'],
    [{ name: 'abcdefabcdefabcdefabcdef' }, 400, 'VALIDATION_FAILED'],
    [{ name: 'with-null', description: null }, 400, 'VALIDATION_FAILED'],
    [{ name: 'with-flag', isSystem: true }, 400, 'VALIDATION_FAILED'],
    [{ name: 'unknown', permissions: ['users:read', 'users:fly'] }, 400, 'PERMISSION_NOT_FOUND'],
    [{ name: 'object', permissions: [{ $ne: null }] }, 400, 'VALIDATION_FAILED'],
    [{ name: 'admin' }, 409, 'ROLE_NAME_TAKEN'],
  ])('refuse %j', async (body, status, code) => {
    const reply = await admin.post('/api/roles', body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  it('name the permission that does not exist', async () => {
    const reply = await admin.post('/api/roles', { name: 'typo', permissions: ['users:read', 'users:fly'] });
    expect(reply.body.errors).toEqual([{ path: 'permissions.1', message: 'there is no such permission' }]);
  });

  it('of one name are made once, also at the same time', async () => {
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => admin.post('/api/roles', { name: 'contested' })),
    );
    expect(replies.map((reply) => reply.status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
    const other = await createRole({ name: 'uncontested' });
    const renamed = await admin.patch(`/api/roles/${String(other.id)}`, { name: 'contested' });
    expect(renamed.body.code).toBe('ROLE_NAME_TAKEN');
  });

  it('of the system are neither changed nor deleted', async () => {
    for (const role of itemsOf(await admin.get('/api/roles?limit=100')).filter(({ isSystem }) =>
      Boolean(isSystem),
    )) {
      const path = `/api/roles/${String(role.id)}`;
      for (const reply of [await admin.patch(path, { permissions: [] }), await admin.delete(path)]) {
        expect([reply.status, reply.body.code]).toEqual([403, 'SYSTEM_ROLE_PROTECTED']);
      }
    }
  });

  it('cannot give away what their maker does not hold', async () => {
    const { client } = await userWith('role-maker', [
      'roles:read',
      'roles:create',
      'roles:update',
      'roles:delete',
    ]);
    const stronger = await client.post('/api/roles', { name: 'stronger', permissions: ['users:delete'] });
    expect([stronger.status, stronger.body.code]).toEqual([403, 'PERMISSION_NOT_HELD']);
    expect(stronger.body.message).toContain('users:delete');

    const own = await createRole({ name: 'weaker', permissions: ['roles:read'] }, client);
    const raised = await client.patch(`/api/roles/${String(own.id)}`, { permissions: ['users:delete'] });
    expect([raised.status, raised.body.code]).toEqual([403, 'PERMISSION_NOT_HELD']);

    // Nor may they weaken or remove what is stronger than they are.
    const theirs = await createRole({ name: 'of-the-admin', permissions: ['users:delete'] });
    const path = `/api/roles/${String(theirs.id)}`;
    expect((await client.patch(path, { permissions: [] })).status).toBe(403);
    expect((await client.delete(path)).status).toBe(403);
  });

  it('stay while somebody holds them', async () => {
    const { id: userId } = await userWith('held', ['users:read']);
    const held = itemsOf(await admin.get('/api/roles?limit=100')).find(
      (role) => String(role.name) === 'held',
    );
    const path = `/api/roles/${String(held?.id)}`;
    const refused = await admin.delete(path);
    expect([refused.status, refused.body.code]).toEqual([409, 'ROLE_IN_USE']);
    expect((await admin.delete(`/api/users/${userId}`)).status).toBe(200);
    expect((await admin.delete(path)).status).toBe(200);
  });

  it('bite at once when they change', async () => {
    const { client } = await userWith('shrinking', ['roles:read']);
    expect((await client.get('/api/roles')).status).toBe(200);
    const role = itemsOf(await admin.get('/api/roles?limit=100')).find(
      ({ name }) => String(name) === 'shrinking',
    );
    await admin.patch(`/api/roles/${String(role?.id)}`, { permissions: [] });
    const refused = await client.get('/api/roles');
    expect([refused.status, refused.body.message]).toEqual([403, 'This needs the permission roles:read']);
    await admin.patch(`/api/roles/${String(role?.id)}`, { permissions: ['roles:read'] });
    expect((await client.get('/api/roles')).status).toBe(200);
  });

  it('leave an entry in the trail for each change, and none for a change of nothing', async () => {
    const fields = { name: 'trailed', description: 'First.', permissions: ['users:read', 'roles:read'] };
    const id = String((await createRole(fields)).id);
    const path = `/api/roles/${id}`;
    const same = await admin.patch(path, { ...fields, permissions: ['roles:read', 'users:read'] });
    expect([same.status, same.headers.get('etag')]).toEqual([200, '"1"']);
    await admin.patch(path, { description: 'Second.', permissions: ['users:read'] });
    await admin.delete(path);
    const connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
    const trail = await connection
      .collection('auditEntries')
      .find({ 'target.id': id })
      .sort({ at: 1, _id: 1 })
      .toArray();
    expect(trail).toMatchObject([
      { action: 'role.created', changes: { name: { to: 'trailed' } } },
      {
        action: 'role.updated',
        changes: {
          description: { from: 'First.', to: 'Second.' },
          permissions: { from: ['roles:read', 'users:read'], to: ['users:read'] },
        },
      },
      { action: 'role.deleted', changes: { name: { from: 'trailed' } } },
    ]);
    const signals = await connection.collection('signals').countDocuments({ kind: 'role', id });
    expect(signals).toBe(3);
  });

  it('answer a bad id by 400 and an unknown one by 404', async () => {
    expect((await admin.get('/api/roles/nope')).status).toBe(400);
    expect((await admin.get(`/api/roles/${'0'.repeat(24)}`)).status).toBe(404);
    expect((await admin.patch(`/api/roles/${'0'.repeat(24)}`, {})).status).toBe(404);
  });
});
