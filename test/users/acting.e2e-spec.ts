import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../jobs/support.js';
import type { Reply } from '../support/client.js';
import { People, type Person } from './people.js';

let people: People;

beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.[Symbol.asyncDispose]());

describe('who acts on somebody stronger', () => {
  let actor: Person;
  let stronger: Person;
  let deleted: string;
  let roles: Record<'user' | 'manager' | 'guest', string>;
  let keyId: string;

  beforeAll(async () => {
    // May do everything to users, and lacks one permission that a manager holds: queues:enqueue.
    const permissions = [
      ...['read', 'create', 'update', 'delete', 'restore', 'export'].map((action) => `users:${action}`),
      'roles:read',
      'roles:assign',
      'api-keys:manage',
      'queues:read',
    ];
    actor = await people.person('weaker', [await people.role('weaker', permissions)]);
    stronger = await people.person('stronger', ['manager', 'user']);
    deleted = await people.user('stronger-and-gone', ['manager']);
    await people.admin.delete(`/api/users/${deleted}`);
    roles = {
      user: await people.roleId('user'),
      manager: await people.roleId('manager'),
      guest: await people.roleId('guest'),
    };
    const key = await stronger.client.post('/api/api-keys', { name: 'strong', permissions: ['users:read'] });
    expect(key.status, key.text).toBe(201);
    keyId = String(key.body.data?.id);
  });

  const attempts: [string, () => Promise<Reply>][] = [
    ['profile', () => actor.client.patch(`/api/users/${stronger.id}`, { name: 'Renamed' })],
    ['profile by PUT', () => actor.client.put(`/api/users/${stronger.id}`, { name: 'Renamed' })],
    ['status: suspend', () => actor.client.post(`/api/users/${stronger.id}/suspend`)],
    ['status: activate', () => actor.client.post(`/api/users/${stronger.id}/activate`)],
    ['roles: give', () => actor.client.put(`/api/users/${stronger.id}/roles/${roles.guest}`)],
    ['roles: take', () => actor.client.delete(`/api/users/${stronger.id}/roles/${roles.user}`)],
    [
      'roles: transfer',
      () =>
        actor.client.post(`/api/users/${stronger.id}/roles/transfer`, {
          fromRoleId: roles.manager,
          toRoleId: roles.guest,
        }),
    ],
    ['deletion', () => actor.client.delete(`/api/users/${stronger.id}`)],
    ['restoration', () => actor.client.post(`/api/users/${deleted}/restore`)],
    ['key: change', () => actor.client.patch(`/api/api-keys/${keyId}`, { name: 'mine' })],
    ['key: rotate', () => actor.client.post(`/api/api-keys/${keyId}/rotate`, { overlapHours: 0 })],
    ['key: revoke', () => actor.client.delete(`/api/api-keys/${keyId}`)],
  ];

  it.each(attempts)('is refused: %s', async (_, attempt) => {
    const before = await people.admin.get(`/api/users/${stronger.id}`);
    const reply = await attempt();
    expect(reply.body).toMatchObject({ statusCode: 403, success: false, code: 'PERMISSION_NOT_HELD' });
    expect(reply.body.message).toContain('queues:enqueue');
    const after = await people.admin.get(`/api/users/${stronger.id}`);
    expect(after.body).toEqual(before.body);
    expect((await stronger.client.get('/api/users/me')).status).toBe(200);
  });

  it('has no way to their address, sessions or imports at all', async () => {
    const email = await actor.client.patch(`/api/users/${stronger.id}`, { email: 'mine@people.example' });
    expect(email.body).toMatchObject({ statusCode: 400, errors: [{ path: 'email' }] });
    const sessions = await people.collection('sessions').find().toArray();
    const theirs = sessions.find(({ userId }) => String(userId) === stronger.id);
    const ended = await actor.client.delete(`/api/auth/sessions/${String(theirs?._id)}`);
    expect(ended.status).toBe(404);
    expect((await stronger.client.get('/api/users/me')).status).toBe(200);
  });

  it('is refused as a key of theirs that may do less than they may', async () => {
    const permissions = ['users:update', 'users:delete', 'roles:assign'];
    const made = await actor.client.post('/api/api-keys', { name: 'weaker than its owner', permissions });
    const withKey = { headers: { 'x-api-key': String(made.body.data?.key) } };
    const own = `/api/users/${actor.id}`;
    for (const [method, path, body] of [
      ['PATCH', own, { name: 'Renamed' }],
      ['POST', `${own}/suspend`],
      ['PUT', `${own}/roles/${roles.guest}`],
      ['DELETE', own],
    ] as const) {
      const reply = await people.api.client.call(method, path, { ...withKey, ...(body && { body }) });
      expect([reply.status, reply.body.code], `${method} ${path}`).toEqual([403, 'PERMISSION_NOT_HELD']);
    }
    const equal = await people.user('equal-to-the-key', ['user']);
    const renamed = { ...withKey, body: { name: 'Renamed' } };
    expect((await people.api.client.call('PATCH', `/api/users/${equal}`, renamed)).status).toBe(200);
  });

  it('is in the trail', async () => {
    const refusals = { action: 'access.denied', outcome: 'refused', 'actor.id': actor.id };
    const noted = () => people.collection('auditEntries').countDocuments(refusals);
    await until('the refusals are noted', async () => (await noted()) > 0);
    expect(await noted()).toBeGreaterThan(0);
  });

  it('may do all of it to somebody who holds no more than they do', async () => {
    const id = await people.user('equal', ['user']);
    const { user, guest } = roles;
    for (const act of [
      () => actor.client.patch(`/api/users/${id}`, { name: 'Renamed' }),
      () => actor.client.put(`/api/users/${id}/roles/${guest}`),
      () => actor.client.delete(`/api/users/${id}/roles/${guest}`),
      () => actor.client.post(`/api/users/${id}/roles/transfer`, { fromRoleId: user, toRoleId: guest }),
      () => actor.client.post(`/api/users/${id}/suspend`),
      () => actor.client.post(`/api/users/${id}/activate`),
      () => actor.client.delete(`/api/users/${id}`),
      () => actor.client.post(`/api/users/${id}/restore`),
    ]) {
      const reply = await act();
      expect(reply.status, reply.text).toBe(200);
    }
    const trail = await people.audited(id);
    expect(trail.map(({ action }) => action)).toEqual([
      'user.created',
      'user.updated',
      'user.role-assigned',
      'user.role-removed',
      'user.role-transferred',
      'user.suspended',
      'user.activated',
      'user.deleted',
      'user.restored',
    ]);
    expect(trail.slice(1).every(({ actor: by }) => by.id === actor.id)).toBe(true);
    expect(trail[1]?.['changes']).toEqual({ name: { from: 'equal', to: 'Renamed' } });
    expect(trail[5]?.['changes']).toEqual({ status: { from: 'active', to: 'suspended' } });
  });
});

describe('the last administrator', () => {
  it('stays, whatever is tried', async () => {
    const [admin, user] = [await people.roleId('admin'), await people.roleId('user')];
    const me = `/api/users/${people.adminId}`;
    for (const reply of [
      await people.admin.delete(me),
      await people.admin.post(`${me}/suspend`),
      await people.admin.delete(`${me}/roles/${admin}`),
      await people.admin.post(`${me}/roles/transfer`, { fromRoleId: admin, toRoleId: user }),
    ]) {
      expect(reply.body).toMatchObject({ statusCode: 409, code: 'LAST_ADMINISTRATOR' });
    }
    expect(await people.rolesOf(people.adminId)).toEqual(['admin']);
  });

  it('stays when two topple each other at once, each in another way', async () => {
    const [admin, user] = [await people.roleId('admin'), await people.roleId('user')];
    const toppled = [
      (by: Person, id: string) => by.client.post(`/api/users/${id}/suspend`),
      (by: Person, id: string) => by.client.delete(`/api/users/${id}/roles/${admin}`),
      (by: Person, id: string) =>
        by.client.post(`/api/users/${id}/roles/transfer`, { fromRoleId: admin, toRoleId: user }),
      (by: Person, id: string) => by.client.delete(`/api/users/${id}`),
    ];
    const others = await Promise.all(
      toppled.map((_, index) => people.person(`administrator-${index}`, ['admin'])),
    );
    const [first] = others;
    expect((await first?.client.delete(`/api/users/${people.adminId}`))?.status).toBe(200);
    await Promise.all(
      toppled.map(async (topple, index) => {
        const by = others[index];
        const next = others[(index + 1) % others.length];
        if (by === undefined || next === undefined) throw new Error('somebody is missing');
        await topple(by, next.id);
      }),
    );
    const { ObjectId } = (await import('mongoose')).mongo;
    const left = await people
      .collection('users')
      .countDocuments({ roles: new ObjectId(admin), status: 'active', isDeleted: false });
    expect(left).toBeGreaterThan(0);
  });
});
