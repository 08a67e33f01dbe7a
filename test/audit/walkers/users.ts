import { expectStatus, idOf, type Walker } from './walker.js';

export const userWalkers = {
  'user.created': async (on) => ({ actor: on.adminId, target: (await on.person()).id }),

  'user.updated': async (on) => {
    const { id } = await on.person();
    expectStatus(await on.admin.patch(`/api/users/${id}`, { name: 'Augusta' }), 200);
    return { actor: on.adminId, target: id, changes: ['name'] };
  },

  'user.deleted': async (on) => {
    const { id } = await on.person();
    expectStatus(await on.admin.delete(`/api/users/${id}`), 200);
    return { actor: on.adminId, target: id };
  },

  'user.restored': async (on) => {
    const { id } = await on.person();
    expectStatus(await on.admin.delete(`/api/users/${id}`), 200);
    expectStatus(await on.admin.post(`/api/users/${id}/restore`), 200);
    return { actor: on.adminId, target: id };
  },

  'user.suspended': async (on) => {
    const { id } = await on.person();
    expectStatus(await on.admin.post(`/api/users/${id}/suspend`), 200);
    return { actor: on.adminId, target: id, changes: ['status'] };
  },

  'user.activated': async (on) => {
    const { id } = await on.person();
    expectStatus(await on.admin.post(`/api/users/${id}/suspend`), 200);
    expectStatus(await on.admin.post(`/api/users/${id}/activate`), 200);
    return { actor: on.adminId, target: id, changes: ['status'] };
  },

  'user.role-assigned': async (on) => {
    const [{ id }, role] = [await on.person(), await on.role()];
    expectStatus(await on.admin.put(`/api/users/${id}/roles/${role.id}`), 200);
    return { actor: on.adminId, target: id, changes: ['roles'] };
  },

  'user.role-removed': async (on) => {
    const role = await on.role();
    const { id } = await on.person([role.id]);
    expectStatus(await on.admin.delete(`/api/users/${id}/roles/${role.id}`), 200);
    return { actor: on.adminId, target: id, changes: ['roles'] };
  },

  'user.role-transferred': async (on) => {
    const [from, to] = [await on.role(), await on.role()];
    const { id } = await on.person([from.id]);
    const transfer = { fromRoleId: from.id, toRoleId: to.id };
    expectStatus(await on.admin.post(`/api/users/${id}/roles/transfer`, transfer), 200);
    return { actor: on.adminId, target: id, changes: ['roles'] };
  },

  'user.exported': async (on) => {
    expectStatus(await on.admin.get('/api/users/export?format=csv'), 200);
    return { actor: on.adminId, target: 'users', changes: ['format'] };
  },

  'user.imported': async (on) => {
    const reply = await on.admin.post('/api/users/import', {
      items: [{ email: on.freshEmail(), name: 'Ada' }],
    });
    expectStatus(reply, 202);
    return { actor: on.adminId, target: String(reply.body.data?.importId) };
  },

  'role.created': async (on) => ({ actor: on.adminId, target: (await on.role()).id }),

  'role.updated': async (on) => {
    const { id } = await on.role();
    expectStatus(await on.admin.patch(`/api/roles/${id}`, { permissions: ['users:read'] }), 200);
    return { actor: on.adminId, target: id, changes: ['permissions'] };
  },

  'role.deleted': async (on) => {
    const { id } = await on.role();
    expectStatus(await on.admin.delete(`/api/roles/${id}`), 200);
    return { actor: on.adminId, target: id };
  },

  'api-key.created': async (on) => {
    const { id, client } = await on.somebody();
    return { actor: id, target: idOf(await client.post('/api/api-keys', { name: 'walk' }), 201) };
  },

  'api-key.updated': async (on) => {
    const { id, client } = await on.somebody();
    const key = idOf(await client.post('/api/api-keys', { name: 'walk' }), 201);
    expectStatus(await client.patch(`/api/api-keys/${key}`, { name: 'walked' }), 200);
    return { actor: id, target: key, changes: ['name'] };
  },

  'api-key.rotated': async (on) => {
    const { id, client } = await on.somebody();
    const key = idOf(await client.post('/api/api-keys', { name: 'walk' }), 201);
    expectStatus(await client.post(`/api/api-keys/${key}/rotate`, {}), 201);
    return { actor: id, target: key };
  },

  'api-key.revoked': async (on) => {
    const { id, client } = await on.somebody();
    const key = idOf(await client.post('/api/api-keys', { name: 'walk' }), 201);
    expectStatus(await client.delete(`/api/api-keys/${key}`), 200);
    return { actor: id, target: key };
  },

  'api-key.old-key-used': async (on) => {
    const { client } = await on.somebody();
    const made = await client.post('/api/api-keys', { name: 'walk' });
    const key = idOf(made, 201);
    expectStatus(await client.post(`/api/api-keys/${key}/rotate`, {}), 201);
    const headers = { 'x-api-key': String(made.body.data?.key) };
    expectStatus(await on.anybody.get('/api/users/me', { headers }), 200);
    return { actor: key, target: key };
  },
} satisfies Record<string, Walker>;
