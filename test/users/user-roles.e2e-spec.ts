import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { People } from './people.js';

let people: People;

beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.[Symbol.asyncDispose]());

const transferOf = (id: string) => `/api/users/${id}/roles/transfer`;

describe('a role', () => {
  it('is given and taken, once, with an entry in the trail and a new version', async () => {
    const id = await people.user('given');
    const role = await people.role('giveable', ['users:read']);
    const path = `/api/users/${id}/roles/${role}`;
    const given = await people.admin.put(path);
    expect(given.body).toMatchObject({ statusCode: 200, message: 'Role assigned successfully' });
    expect(await people.rolesOf(id)).toEqual(['user', 'giveable']);
    const again = await people.admin.put(path);
    expect([again.status, again.headers.get('etag')]).toEqual([200, given.headers.get('etag')]);
    expect(await people.audited(id, 'user.role-assigned')).toHaveLength(1);

    const stale = await people.admin.delete(path, { headers: { 'if-match': '"1"' } });
    expect(stale.status).toBe(412);
    const taken = await people.admin.delete(path);
    expect(taken.body).toMatchObject({ statusCode: 200, message: 'Role removed successfully' });
    expect((await people.admin.delete(path)).body).toMatchObject({ statusCode: 404, code: 'ROLE_NOT_HELD' });
    expect(await people.rolesOf(id)).toEqual(['user']);
    const [entry] = await people.audited(id, 'user.role-removed');
    const user = await people.roleId('user');
    expect(entry).toMatchObject({
      actor: { type: 'user', id: people.adminId },
      changes: { roles: { from: [user, role], to: [user] } },
    });
    const nowhere = await people.admin.put(`/api/users/${id}/roles/${'0'.repeat(24)}`);
    expect(nowhere.body).toMatchObject({ statusCode: 404, code: 'ROLE_NOT_FOUND' });
  });

  it('bites at once when it is given or taken', async () => {
    const { id, client } = await people.person('bitten');
    const manager = await people.roleId('manager');
    expect((await client.get('/api/users')).status).toBe(403);
    await people.admin.put(`/api/users/${id}/roles/${manager}`);
    expect((await client.get('/api/users')).status).toBe(200);
    await people.admin.delete(`/api/users/${id}/roles/${manager}`);
    expect((await client.get('/api/users')).status).toBe(403);
  });

  it('is not given by who lacks its permissions', async () => {
    const assigner = await people.person('assigner', [await people.role('assigner', ['roles:assign'])]);
    const id = await people.user('wishful');
    const [manager, user] = [await people.roleId('manager'), await people.roleId('user')];
    const given = await assigner.client.put(`/api/users/${id}/roles/${manager}`);
    const swapped = await assigner.client.post(transferOf(id), { fromRoleId: user, toRoleId: manager });
    for (const reply of [given, swapped]) {
      expect(reply.body).toMatchObject({ statusCode: 403, code: 'PERMISSION_NOT_HELD' });
    }
    const own = await assigner.client.put(`/api/users/${assigner.id}/roles/${manager}`);
    expect(own.status).toBe(403);
    expect(await people.rolesOf(id)).toEqual(['user']);
  });

  it('that is deleted while it is given leaves no trace in any user', async () => {
    for (let round = 0; round < 4; round++) {
      const role = await people.role(`fleeting-${round}`);
      const id = await people.user(`holder-${round}`);
      const [deleted, ...given] = await Promise.all([
        people.admin.delete(`/api/roles/${role}`),
        people.admin.put(`/api/users/${id}/roles/${role}`),
        ...[1, 2].map((number) =>
          people.admin.post('/api/users', {
            email: `made-${round}-${number}@people.example`,
            name: 'Made',
            roles: [role],
          }),
        ),
      ]);
      expect([200, 409]).toContain(deleted?.status);
      for (const reply of given) expect([200, 201, 400, 404], reply.text).toContain(reply.status);
      const exists = (await people.admin.get(`/api/roles/${role}`)).status === 200;
      const { ObjectId } = (await import('mongoose')).mongo;
      const holders = await people.collection('users').countDocuments({ roles: new ObjectId(role) });
      expect(exists || holders === 0, `${holders} users hold a role that is gone`).toBe(true);
      expect(await people.collection('users').countDocuments({ roles: [] })).toBe(0);
    }
  });
});

describe('a transfer', () => {
  it('takes one role and gives the other in its place', async () => {
    const id = await people.user('moved', ['guest', 'user']);
    const [guest, manager] = [await people.roleId('guest'), await people.roleId('manager')];
    const reply = await people.admin.post(transferOf(id), { fromRoleId: guest, toRoleId: manager });
    expect(reply.body).toMatchObject({
      statusCode: 200,
      message: 'Role transferred successfully',
      data: { id, role: [{ name: 'manager' }, { name: 'user' }] },
    });
    const again = await people.admin.post(transferOf(id), { fromRoleId: guest, toRoleId: manager });
    expect(again.body).toMatchObject({ statusCode: 409, code: 'ROLE_NOT_HELD' });
    expect(await people.audited(id, 'user.role-transferred')).toHaveLength(1);
  });

  it('refuses what makes no sense', async () => {
    const id = await people.user('nonsense');
    const user = await people.roleId('user');
    const gone = '0'.repeat(24);
    const same = await people.admin.post(transferOf(id), { fromRoleId: user, toRoleId: user });
    expect(same.body).toMatchObject({ statusCode: 400, code: 'SAME_ROLE' });
    const unknown = await people.admin.post(transferOf(id), { fromRoleId: user, toRoleId: gone });
    expect(unknown.body).toMatchObject({
      statusCode: 400,
      code: 'ROLE_NOT_FOUND',
      errors: [{ path: 'toRoleId' }],
    });
    const nobody = await people.admin.post(transferOf(gone), { fromRoleId: user, toRoleId: gone });
    expect(nobody.body).toMatchObject({ statusCode: 404, code: 'USER_NOT_FOUND' });
    const named = await people.admin.post(transferOf(id), { fromRoleId: 'user', toRoleId: 'guest' });
    expect(named.body).toMatchObject({ statusCode: 400, code: 'VALIDATION_FAILED' });
  });

  it('happens once when 20 come at the same time', async () => {
    const id = await people.user('contested', ['guest']);
    const [guest, manager] = [await people.roleId('guest'), await people.roleId('manager')];
    const replies = await Promise.all(
      Array.from({ length: 20 }, () =>
        people.admin.post(transferOf(id), { fromRoleId: guest, toRoleId: manager }),
      ),
    );
    const statuses = replies.map((reply) => reply.status).toSorted();
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    expect(await people.rolesOf(id)).toEqual(['manager']);
    expect(await people.audited(id, 'user.role-transferred')).toHaveLength(1);
  });

  it('is undone whole when its entry in the trail cannot be written', async () => {
    const { AuditService } = await import('../../src/modules/audit/audit.service.js');
    const { id, client } = await people.person('undone', ['guest']);
    const [guest, manager] = [await people.roleId('guest'), await people.roleId('manager')];
    const before = await people.admin.get(`/api/users/${id}`);
    const record = vi.spyOn(people.api.app.get(AuditService, { strict: false }), 'record');
    record.mockRejectedValueOnce(new Error('the disk is full'));
    const reply = await people.admin.post(transferOf(id), { fromRoleId: guest, toRoleId: manager });
    expect(reply.body).toMatchObject({ statusCode: 500, code: 'INTERNAL_ERROR' });
    record.mockRestore();
    const after = await people.admin.get(`/api/users/${id}`);
    expect(after.body).toEqual(before.body);
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'));
    expect((await client.get('/api/users')).status).toBe(403);
    expect(await people.audited(id, 'user.role-transferred')).toHaveLength(0);
  });
});
