import { getConnectionToken } from '@nestjs/mongoose';
import bcrypt from 'bcrypt';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';

const password = 'Another-Horse-8-Battery';

describe('login and logout', () => {
  let api: RunningApi;
  let users: ReturnType<Connection['collection']>;

  beforeAll(async () => {
    api = await startApi();
    const connection: Connection = api.app.get(getConnectionToken(), { strict: false });
    users = connection.collection('users');
  });
  afterAll(() => api.close());

  async function createUser(email: string, fields: object = { password }): Promise<void> {
    const admin = await api.asAdministrator();
    const reply = await admin.post('/api/users', { email, name: 'Ada', ...fields });
    expect(reply.status).toBe(201);
  }

  const login = (email: string, given = password) =>
    api.client.post('/api/auth/login', { email, password: given });

  it('answers with a token for its time, and the user', async () => {
    const reply = await api.client.post('/api/auth/login', administrator);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      statusCode: 200,
      success: true,
      data: {
        accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        expiresIn: 600,
        user: {
          email: administrator.email,
          status: 'active',
          role: [{ name: 'admin' }],
          lastLoginAt: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      },
    });
    expect(reply.text).not.toMatch(/passwordHash|\$2b\$/);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  it('takes the address in any spelling of its letters', async () => {
    expect((await login('ADMIN@Nexus.Test', administrator.password)).status).toBe(200);
  });

  it('gives tokens that others can verify by the published keys', async () => {
    const reply = await api.client.post('/api/auth/login', administrator);
    const keys = createRemoteJWKSet(new URL(`${api.url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(String(reply.body.data?.accessToken), keys, {
      issuer: 'nexus',
      audience: 'nexus-api',
      typ: 'at+jwt',
    });
    expect(protectedHeader.alg).toBe('EdDSA');
    expect(payload.sub).toBe(reply.body.data?.user?.id);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);

    const published = await api.client.get('/.well-known/jwks.json');
    expect(published.body.keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        alg: 'EdDSA',
        use: 'sig',
        kid: expect.any(String),
        x: expect.any(String),
      },
    ]);
  });

  it('tells an unknown address, a wrong password and an invited account apart by nothing', async () => {
    await createUser('invited@nexus.test', {});
    const replies = [
      await login(administrator.email),
      await login('nobody@nexus.test'),
      await login('invited@nexus.test'),
    ];
    const answers = replies.map(({ status, body: { requestId: _, ...body } }) => ({ status, ...body }));
    expect(answers[0]).toEqual({
      status: 401,
      statusCode: 401,
      success: false,
      code: 'INVALID_CREDENTIALS',
      message: 'Invalid email or password',
    });
    expect(answers).toEqual(Array(3).fill(answers[0]));
  });

  it('tells only who knows the password that an account is suspended', async () => {
    await createUser('suspended@nexus.test');
    await users.updateOne({ email: 'suspended@nexus.test' }, { $set: { status: 'suspended' } });
    const right = await login('suspended@nexus.test');
    expect([right.status, right.body.code]).toEqual([403, 'ACCOUNT_SUSPENDED']);
    expect((await login('suspended@nexus.test', 'Wrong-Horse-8-Battery')).status).toBe(401);
  });

  it.each([
    [{ email: 'ada@nexus.test' }, 'password'],
    [{ password }, 'email'],
    [{ email: 'not an address', password }, 'email'],
    [{ email: { $ne: null }, password }, 'email'],
    [{ email: 'ada@nexus.test', password: { $gt: '' } }, 'password'],
    [{ email: 'ada@nexus.test', password: 'x'.repeat(73) }, 'password'],
    [{ email: `${'a'.repeat(250)}@nexus.test`, password }, 'email'],
    [{ email: 'ada@nexus.test', password, isAdmin: true }, 'isAdmin'],
  ])('refuses %j', async (body, path) => {
    const reply = await api.client.post('/api/auth/login', body);
    expect([reply.status, reply.body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(JSON.stringify(reply.body.errors)).toContain(`"path":"${path}"`);
  });

  it('never compares a password that bcrypt would cut', async () => {
    const cut = 'Nine-Violet-Otters-Juggle-42-Lanterns-Behind-The-Quiet-Harbour-Wall-7-Up';
    expect(Buffer.byteLength(cut)).toBe(72);
    await createUser('long@nexus.test', { password: cut });
    expect((await login('long@nexus.test', cut)).status).toBe(200);
    // 72 characters, more bytes: alike in the first 72 of them.
    expect((await login('long@nexus.test', `${cut.slice(0, -1)}é`)).status).toBe(401);
  });

  it('renews a hash of another cost', async () => {
    await createUser('old-hash@nexus.test');
    const passwordHash = await bcrypt.hash(password, 5);
    await users.updateOne({ email: 'old-hash@nexus.test' }, { $set: { passwordHash } });
    expect((await login('old-hash@nexus.test')).status).toBe(200);
    const stored = await users.findOne({ email: 'old-hash@nexus.test' });
    expect(stored?.['passwordHash']).toMatch(/^\$2b\$04\$/);
    expect((await login('old-hash@nexus.test')).status).toBe(200);
  });

  it('lets all in who renew the same hash at once', async () => {
    await createUser('old-hashes@nexus.test');
    // As every account is after BCRYPT_COST was changed.
    const passwordHash = await bcrypt.hash(password, 5);
    await users.updateOne({ email: 'old-hashes@nexus.test' }, { $set: { passwordHash } });
    const replies = await Promise.all(Array.from({ length: 6 }, () => login('old-hashes@nexus.test')));
    expect(replies.map(({ status }) => status)).toEqual(Array(6).fill(200));
  });

  it('ends one session by logout, and no other', async () => {
    const [first, second] = [await api.asAdministrator(), await api.asAdministrator()];
    expect((await first.post('/api/auth/logout')).status).toBe(200);
    const refused = await first.get('/api/users/me');
    expect([refused.status, refused.body.code]).toEqual([401, 'SESSION_ENDED']);
    expect((await first.post('/api/auth/logout')).status).toBe(401);
    expect((await second.get('/api/users/me')).status).toBe(200);
  });

  it.each([
    ['suspended', async (admin: Client, id: string) => admin.post(`/api/users/${id}/suspend`)],
    ['deleted', async (admin: Client, id: string) => admin.delete(`/api/users/${id}`)],
  ])('refuses the token of a user who was %s since', async (name, end) => {
    const email = `later-${name}@nexus.test`;
    await createUser(email);
    const client = await api.client.login({ email, password });
    const me = await client.get('/api/users/me');
    expect(me.status).toBe(200);
    expect((await end(await api.asAdministrator(), String(me.body.data?.id))).status).toBe(200);
    const refused = await client.get('/api/users/me');
    expect([refused.status, refused.body.code]).toEqual([401, 'SESSION_ENDED']);
    expect((await login(email)).status).toBe(name === 'deleted' ? 401 : 403);
  });
});
