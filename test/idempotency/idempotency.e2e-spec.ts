import type { Model } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client, Reply } from '../support/client.js';
import {
  countUsers,
  freshName,
  keysOf,
  password,
  replayed,
  wish,
  type KeptKey,
  type Send,
} from './support.js';

describe('Idempotency-Key', () => {
  let api: RunningApi;
  let admin: Client;
  let keys: Model<KeptKey>;

  beforeAll(async () => {
    api = await startApi();
    admin = await api.asAdministrator();
    keys = keysOf(api);
  });
  afterAll(() => api?.close());

  const send: Send = (path, body, key, { client = admin, headers = {} } = {}) =>
    client.post(path, body, { headers: { 'idempotency-key': key, ...headers } });

  /** A user with the administrators' rights, and thus another principal. */
  async function another(email: string): Promise<Client> {
    const created = await admin.post('/api/users', { ...wish(email), roles: ['admin'] });
    expect(created.status).toBe(201);
    return admin.login({ email, password });
  }

  it(
    'sent a hundred times at once makes one user, and gives a hundred equal answers',
    { timeout: 90_000 },
    async () => {
      const email = 'hundred@nexus.test';
      const untilAnswered = async (): Promise<Reply> => {
        for (const end = Date.now() + 60_000; Date.now() < end;) {
          const reply = await send('/api/users', wish(email), 'one-of-a-hundred');
          if (reply.status !== 409) return reply;
          expect(reply.body.code).toBe('IDEMPOTENCY_KEY_IN_PROGRESS');
          expect(reply.headers.get('retry-after')).toBe('1');
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
        throw new Error('not answered within 60 s');
      };
      const replies = await Promise.all(Array.from({ length: 100 }, untilAnswered));
      expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(replies[0]?.status).toBe(201);
      expect(replies.filter((reply) => replayed(reply) === null)).toHaveLength(1);
      expect(replies.filter((reply) => replayed(reply) === 'true')).toHaveLength(99);
      expect(await countUsers(admin, email)).toBe(1);
    },
  );

  it('gives back status, body and ETag of the first answer, in any order of the fields', async () => {
    const name = freshName();
    const first = await send('/api/roles', { name, description: 'Once.' }, `role ${name}`.replace(' ', '-'));
    const again = await send('/api/roles', { description: 'Once.', name }, `role-${name}`);
    expect([first.status, replayed(first)]).toEqual([201, null]);
    expect([again.status, replayed(again), again.text]).toEqual([201, 'true', first.text]);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  });

  it('belongs to one request: another body, query or route is 422', async () => {
    const name = freshName();
    expect((await send('/api/roles', { name }, 'bound')).status).toBe(201);
    const other = { name: freshName() };
    for (const [path, body] of [
      ['/api/roles', other],
      ['/api/roles?unknown=1', { name }],
      ['/api/users', { name }],
    ] as const) {
      const reply = await send(path, body, 'bound');
      const expected = path.includes('?') ? [400, 'VALIDATION_FAILED'] : [422, 'IDEMPOTENCY_KEY_REUSED'];
      expect([path, reply.status, reply.body.code]).toEqual([path, ...expected]);
    }
    // Nothing came of the refused one.
    expect((await admin.post('/api/roles', other)).status).toBe(201);
  });

  it('is its principal’s own', async () => {
    const client = await another('other-principal@nexus.test');
    const mine = await send('/api/roles', { name: freshName() }, 'shared');
    const theirs = await send('/api/roles', { name: freshName() }, 'shared', { client });
    expect([mine.status, theirs.status, replayed(theirs)]).toEqual([201, 201, null]);
    // And survives a new login of the same user.
    const again = await admin.login({ email: 'other-principal@nexus.test', password });
    const reply = await send('/api/roles', { name: theirs.body.data?.name }, 'shared', { client: again });
    expect([reply.status, replayed(reply), reply.text]).toEqual([201, 'true', theirs.text]);
  });

  it('keeps the answer of a handler that refused: 400, 409', async () => {
    const name = freshName();
    const invalid = await send('/api/roles', { name: 'Not A Name' }, 'invalid');
    const taken = await send('/api/roles', { name: 'admin' }, 'taken');
    expect([invalid.status, taken.status, taken.body.code]).toEqual([400, 409, 'ROLE_NAME_TAKEN']);
    for (const [first, body, key] of [
      [invalid, { name: 'Not A Name' }, 'invalid'],
      [taken, { name: 'admin' }, 'taken'],
    ] as const) {
      const again = await send('/api/roles', body, key);
      expect([again.status, replayed(again), again.text]).toEqual([first.status, 'true', first.text]);
    }
    expect((await send('/api/roles', { name }, 'invalid')).status).toBe(422);
  });

  it('keeps no 403: the same request may do once it is allowed', async () => {
    const role = await admin.post('/api/roles', { name: 'growing', permissions: ['roles:create'] });
    const credentials = { email: 'growing@nexus.test', password };
    await admin.post('/api/users', { ...credentials, name: 'Growing', roles: ['growing'] });
    const client = await admin.login(credentials);
    const body = { name: freshName(), permissions: ['users:read'] };
    const refused = await send('/api/roles', body, 'growing', { client });
    expect([refused.status, refused.body.code]).toEqual([403, 'PERMISSION_NOT_HELD']);
    const permissions = ['roles:create', 'users:read'];
    await admin.patch(`/api/roles/${String(role.body.data?.id)}`, { permissions });
    const allowed = await send('/api/roles', body, 'growing', { client });
    expect([allowed.status, replayed(allowed)]).toEqual([201, null]);
  });

  it.each(['', 'a'.repeat(256), 'with space', 'tab\there', 'caf\u00e9'])('%j is 400', async (key) => {
    const reply = await send('/api/roles', { name: freshName() }, key);
    expect([reply.status, reply.body.code]).toEqual([400, 'INVALID_IDEMPOTENCY_KEY']);
  });

  it('keeps of a new API key everything but the key, and says so', async () => {
    const wish = { name: 'from-a-script', permissions: ['roles:create'] };
    const first = await send('/api/api-keys', wish, 'new-api-key');
    const again = await send('/api/api-keys', wish, 'new-api-key');
    const { key, ...rest } = first.body.data ?? {};
    expect([first.status, String(key).slice(0, 3)]).toEqual([201, 'sk_']);
    expect([again.status, replayed(again)]).toEqual([201, 'true']);
    expect(again.body.data).toEqual(rest);
    expect(again.body.message).toBe('API key created; the key itself was in the first answer only');
    expect(again.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(await keys.find().lean())).not.toContain(String(key));

    // An API key is a principal of its own, apart from its owner.
    const script = { client: api.client, headers: { 'x-api-key': String(key) } };
    const byScript = await send('/api/roles', { name: freshName() }, 'new-api-key', script);
    expect([byScript.status, replayed(byScript)]).toEqual([201, null]);

    const path = `/api/api-keys/${String(rest.id)}/rotate`;
    const rotated = await send(path, {}, 'rotated-api-key');
    const repeated = await send(path, {}, 'rotated-api-key');
    expect([rotated.status, repeated.status, replayed(repeated)]).toEqual([201, 201, 'true']);
    expect(repeated.body.data).not.toHaveProperty('key');
    expect(repeated.body.data?.id).toBe(rotated.body.data?.id);
  });

  it('of 255 characters is taken', async () => {
    expect((await send('/api/roles', { name: freshName() }, '~'.repeat(255))).status).toBe(201);
  });

  it('stores nothing for strangers, reads and logins', async () => {
    const before = await keys.countDocuments();
    const headers = { 'idempotency-key': 'nothing' };
    expect((await api.client.post('/api/roles', { name: 'x' }, { headers })).status).toBe(401);
    expect((await admin.get('/api/roles', { headers })).status).toBe(200);
    await api.client.post('/api/auth/login', { email: 'nobody@nexus.test', password }, { headers });
    expect(await keys.countDocuments()).toBe(before);
  });

  it('is taken by every POST that needs a login or an API key, outside /api/auth, and described there', async () => {
    const { body } = await api.client.get('/docs/openapi.json');
    const posts = Object.entries(body.paths ?? {}).flatMap(([path, item]) =>
      item?.post !== undefined && path.startsWith('/api/') && !path.startsWith('/api/auth/')
        ? [{ path, operation: item.post }]
        : [],
    );
    expect(posts.length).toBeGreaterThanOrEqual(3);
    for (const { path, operation } of posts) {
      const parameters = Array.isArray(operation.parameters) ? operation.parameters : [];
      const takesKey = parameters.some(({ name }) => name === 'Idempotency-Key');
      const isPublic = String(operation['x-access']) === 'public';
      expect(takesKey, `POST ${path}: declare @Idempotent() on its handler`).toBe(!isPublic);
      if (takesKey)
        expect(Object.keys(operation.responses ?? {})).toEqual(expect.arrayContaining(['409', '422']));
    }
  });
});
