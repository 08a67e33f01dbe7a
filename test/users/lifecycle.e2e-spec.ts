import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { People } from './people.js';

let people: People;

beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.[Symbol.asyncDispose]());

async function keyOf(client: People['admin']): Promise<string> {
  const reply = await client.post('/api/api-keys', { name: 'mine', permissions: [] });
  expect(reply.status, reply.text).toBe(201);
  return String(reply.body.data?.key);
}

const byKey = async (key: string) =>
  (await people.api.client.get('/api/users/me', { headers: { 'x-api-key': key } })).status;

describe('suspending', () => {
  it('ends sessions and keys at once, and activating brings back neither', async () => {
    const { id, email, client } = await people.person('suspended');
    const key = await keyOf(client);
    expect(await byKey(key)).toBe(200);
    const reply = await people.admin.post(`/api/users/${id}/suspend`);
    expect(reply.body).toMatchObject({ statusCode: 200, data: { id, status: 'suspended' } });
    expect((await client.get('/api/users/me')).status).toBe(401);
    expect(await byKey(key)).toBe(401);
    await expect(people.login(email)).rejects.toThrow('login failed');

    const again = await people.admin.post(`/api/users/${id}/suspend`);
    expect([again.status, again.headers.get('etag')]).toEqual([200, reply.headers.get('etag')]);
    expect(await people.audited(id, 'user.suspended')).toHaveLength(1);

    const back = await people.admin.post(`/api/users/${id}/activate`);
    expect(back.body).toMatchObject({ statusCode: 200, data: { status: 'active' } });
    expect((await client.get('/api/users/me')).status).toBe(401);
    expect(await byKey(key)).toBe(401);
    expect((await (await people.login(email)).get('/api/users/me')).status).toBe(200);
    const signals = await people.collection('signals').distinct('kind', { id });
    expect(signals).toEqual(['user']);
  });

  it('is no way past an invitation', async () => {
    const invited = await people.admin.post('/api/users', { email: 'invited@people.example', name: 'I' });
    const path = `/api/users/${String(invited.body.data?.id)}`;
    const early = await people.admin.post(`${path}/activate`);
    expect(early.body).toMatchObject({ statusCode: 409, code: 'INVITATION_PENDING' });
    expect((await people.admin.post(`${path}/suspend`)).body.data?.status).toBe('suspended');
    expect((await people.admin.post(`${path}/activate`)).body.data?.status).toBe('pending');
    expect((await people.admin.post(`/api/users/${'0'.repeat(24)}/suspend`)).status).toBe(404);
  });
});

describe('deleting', () => {
  it('ends sessions and keys, which stay ended when the user comes back', async () => {
    const { id, client } = await people.person('deleted');
    const key = await keyOf(client);
    expect((await people.admin.delete(`/api/users/${id}`)).status).toBe(200);
    expect((await client.get('/api/users/me')).status).toBe(401);
    expect(await byKey(key)).toBe(401);
    expect((await people.admin.post(`/api/users/${id}/restore`)).status).toBe(200);
    expect((await client.get('/api/users/me')).status).toBe(401);
    expect(await byKey(key)).toBe(401);
  });

  it('lets the user come back without a role that is gone', async () => {
    const role = await people.role('passing');
    const only = await people.user('only-passing', ['passing']);
    const also = await people.user('also-passing', ['passing', 'guest']);
    for (const id of [only, also]) await people.admin.delete(`/api/users/${id}`);
    expect((await people.admin.delete(`/api/roles/${role}`)).status).toBe(200);
    for (const id of [only, also]) await people.admin.post(`/api/users/${id}/restore`);
    expect([await people.rolesOf(only), await people.rolesOf(also)]).toEqual([['user'], ['guest']]);
  });

  it('frees the address: of a restoration and newcomers at the same time one has it', async () => {
    for (let round = 0; round < 3; round++) {
      const name = `raced-${round}`;
      const email = `${name}@people.example`;
      const id = await people.user(name);
      await people.admin.delete(`/api/users/${id}`);
      const registration = { email, name: 'Newcomer', password: 'Another-Horse-8-Battery' };
      const [restored, registered, created] = await Promise.all([
        people.admin.post(`/api/users/${id}/restore`),
        people.api.client.post('/api/auth/register', registration),
        people.admin.post('/api/users', registration),
      ]);
      expect(registered.status, registered.text).toBe(202);
      expect([200, 409]).toContain(restored.status);
      expect([201, 409]).toContain(created.status);
      const holders = await people.collection('users').countDocuments({ email, isDeleted: false });
      expect(holders).toBe(1);
      if (restored.status === 409) expect(restored.body.code).toBe('EMAIL_TAKEN');
    }
  });
});

describe('the profile', () => {
  it('is read and changed by its owner, in the version that was read', async () => {
    const { client, id } = await people.person('owner');
    const read = await client.get('/api/users/me?include=permissions');
    expect(read.body).toMatchObject({
      message: 'Profile retrieved',
      data: { id, role: [{ name: 'user', permissions: [] }] },
    });
    const ifMatch = { headers: { 'if-match': String(read.headers.get('etag')) } };
    const image = 'https://people.example/me.png';
    const changed = await client.patch(
      '/api/users/me',
      { name: 'Me', age: 40, profileImage: image },
      ifMatch,
    );
    expect(changed.body).toMatchObject({
      statusCode: 200,
      message: 'User updated',
      data: { name: 'Me', age: 40, profileImage: image },
    });
    expect((await client.patch('/api/users/me', { name: 'You' }, ifMatch)).status).toBe(412);
    const cleared = await client.patch('/api/users/me', { age: null, profileImage: null });
    expect(cleared.body.data).not.toHaveProperty('age');
    expect(cleared.body.data).not.toHaveProperty('profileImage');
    const [first, second] = await people.audited(id, 'user.updated');
    expect(first?.['changes']).toEqual({
      name: { from: 'owner', to: 'Me' },
      age: { from: null, to: 40 },
      profileImage: { from: null, to: image },
    });
    expect(second?.['changes']).toMatchObject({ age: { from: 40, to: null } });
  });

  it.each([
    ['role', 'admin'],
    ['roles', ['admin']],
    ['isDeleted', true],
    ['status', 'active'],
    ['_id', '0'.repeat(24)],
    ['id', '0'.repeat(24)],
    ['email', 'other@people.example'],
    ['password', 'Another-Horse-9-Battery'],
    ['passwordHash', 'x'],
    ['emailVerified', true],
    ['revision', 7],
    ['profileImage', 'http://people.example/me.png'],
    ['profileImage', 'javascript:alert(1)'],
    ['profileImage', `https://people.example/${'x'.repeat(2_048)}`],
    ['name', null],
    ['name', '<b></b>'],
  ])('refuses %s, case %#', async (field, value) => {
    for (const path of ['/api/users/me', `/api/users/${people.adminId}`]) {
      const reply = await people.admin.patch(path, { [field]: value });
      expect(reply.body).toMatchObject({ statusCode: 400, code: 'VALIDATION_FAILED' });
      expect(reply.body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ path: field })]));
    }
  });

  it('holds no HTML, and no less of the text', async () => {
    const named = await people.admin.patch('/api/users/me', {
      name: '<script>alert(1)</script><b>Ada</b> & Söhne: a < b, AT&T &lt;img onerror=x&gt;',
    });
    expect(named.body.data?.name).toBe('Ada & Söhne: a < b, AT&T ');
    const role = await people.admin.post('/api/roles', { name: 'plain', description: '<i>R&D</i> < 5' });
    expect(role.body.data?.description).toBe('R&D < 5');
  });
});
