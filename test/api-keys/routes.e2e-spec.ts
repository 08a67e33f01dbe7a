import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client, Reply } from '../support/client.js';
import { makeKey, makeUser } from './keys.js';

const codeOf = ({ status, body }: Reply): string => `${status} ${String(body.code)}`;

describe('the routes of API keys', () => {
  let api: RunningApi;
  let admin: Client;
  let owner: { id: string; client: Client };
  let stranger: { id: string; client: Client };

  beforeAll(async () => {
    api = await startApi();
    admin = await api.asAdministrator();
    owner = await makeUser(admin, ['manager']);
    stranger = await makeUser(admin);
  });
  afterAll(() => api?.close());

  const connection = () => api.app.get<Connection>(getConnectionToken(), { strict: false });
  const trail = async (id: string) =>
    (await connection().collection('auditEntries').find({ 'target.id': id }).sort({ _id: 1 }).toArray()).map(
      ({ action, actor, changes }) => ({ action, actor: actor.id, changes }),
    );

  it('make a key that is shown once, list it, show it, change it and revoke it, all audited', async () => {
    const wish = {
      name: 'nightly <b>import</b>',
      permissions: ['users:read', 'users:create'],
      expiresInDays: 30,
      allowedIps: ['127.0.0.0/8', '::1'],
      rateLimit: { limit: 100, windowSeconds: 60 },
      quota: { limit: 1_000, period: 'month' },
    };
    const made = await owner.client.post('/api/api-keys', wish);
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { key, ...shown } = JSON.parse(made.text).data;
    expect(key).toMatch(/^sk_[0-9A-Za-z]{49}$/);
    const { expiresInDays, ...given } = wish;
    expect(shown).toEqual({
      ...given,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      name: 'nightly import',
      prefix: key.slice(0, 7),
      permissions: ['users:create', 'users:read'],
      isActive: true,
      createdAt: expect.stringMatching(/Z$/),
      expiresAt: new Date(Date.parse(shown.createdAt) + expiresInDays * 86_400_000).toISOString(),
    });
    // The key itself is nowhere any more: not in an answer, not in the database.
    const one = await owner.client.get(`/api/api-keys/${shown.id}`);
    expect(JSON.parse(one.text).data).toEqual(shown);
    const list = await owner.client.get('/api/api-keys');
    expect(JSON.parse(list.text)).toMatchObject({ data: [shown], pagination: { totalItems: 1 } });
    const stored = JSON.stringify(await connection().collection('apiKeys').find().toArray());
    for (const text of [one.text, list.text, stored, JSON.stringify(await trail(shown.id))]) {
      expect(text).not.toContain(key.slice(7));
      expect(text).not.toMatch(/"key"|"hash":"(?!\w+:)/);
    }

    const changes = { name: 'import', permissions: ['users:read'], quota: null, rateLimit: null };
    const changed = await owner.client.patch(`/api/api-keys/${shown.id}`, changes);
    const { quota: _, rateLimit: __, ...left } = shown;
    expect(JSON.parse(changed.text).data).toEqual({ ...left, name: 'import', permissions: ['users:read'] });
    const cleared = await owner.client.patch(`/api/api-keys/${shown.id}`, {
      allowedIps: null,
      permissions: null,
    });
    expect(cleared.body.data).toMatchObject({ allowedIps: [], permissions: [] });

    const revoked = await owner.client.delete(`/api/api-keys/${shown.id}`);
    expect(JSON.parse(revoked.text)).toMatchObject({ success: true, data: null });
    expect(codeOf(await owner.client.get(`/api/api-keys/${shown.id}`))).toBe('404 API_KEY_NOT_FOUND');
    expect(await trail(shown.id)).toEqual([
      expect.objectContaining({ action: 'api-key.created', actor: owner.id }),
      expect.objectContaining({
        action: 'api-key.updated',
        changes: expect.objectContaining({ name: { from: 'nightly import', to: 'import' } }),
      }),
      expect.objectContaining({ action: 'api-key.updated' }),
      expect.objectContaining({ action: 'api-key.revoked', actor: owner.id }),
    ]);
  });

  it('give a key of nothing but a name a year, and no rights', async () => {
    const { body } = await stranger.client.post('/api/api-keys', { name: 'plain' });
    expect(body.data).toMatchObject({ permissions: [], allowedIps: [] });
    const { createdAt, expiresAt } = JSON.parse(JSON.stringify(body.data));
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(365 * 86_400_000);
  });

  it.each([
    ['no name', {}],
    ['a blank name', { name: ' ' }],
    ['a name that is no text', { name: 7 }],
    ['an unknown field', { name: 'x', key: 'sk_mine' }],
    ['an unknown permission', { name: 'x', permissions: ['users:everything'] }],
    ['a permission of an object', { name: 'x', permissions: ['__proto__'] }],
    ['permissions as text', { name: 'x', permissions: 'users:read' }],
    ['a permission twice', { name: 'x', permissions: ['users:read', 'users:read'] }],
    ['no day', { name: 'x', expiresInDays: 0 }],
    ['half a day', { name: 'x', expiresInDays: 0.5 }],
    ['days as text', { name: 'x', expiresInDays: '30' }],
    ['too many days', { name: 'x', expiresInDays: 1_096 }],
    ['null days', { name: 'x', expiresInDays: null }],
    ['a host for an address', { name: 'x', allowedIps: ['localhost'] }],
    ['a prefix too long', { name: 'x', allowedIps: ['10.0.0.0/33'] }],
    ['a rate of 0', { name: 'x', rateLimit: { limit: 0, windowSeconds: 60 } }],
    ['a rate without a window', { name: 'x', rateLimit: { limit: 5 } }],
    ['a rate as a list', { name: 'x', rateLimit: [] }],
    ['a quota a week', { name: 'x', quota: { limit: 5, period: 'week' } }],
    ['a quota with more', { name: 'x', quota: { limit: 5, period: 'day', used: 0 } }],
  ])('refuse %s', async (_name, body) => {
    expect((await owner.client.post('/api/api-keys', body)).status).toBe(400);
  });

  it('are documented with the keys that they and others take', async () => {
    const { body } = await api.client.get('/docs/openapi.json');
    const { paths, components } = JSON.parse(JSON.stringify(body));
    expect(components.securitySchemes['X-API-Key']).toMatchObject({ type: 'apiKey', in: 'header' });
    const takesKeys = (path: string) => JSON.stringify(paths[path].get.security).includes('X-API-Key');
    expect(['/api/users', '/api/users/me', '/api/api-keys'].map(takesKeys)).toEqual([true, true, false]);
    expect(paths['/api/api-keys'].post.requestBody.content['application/json'].schema).toBeDefined();
  });

  it('give no key what its owner does not hold', async () => {
    const wish = { name: 'x', permissions: ['users:read', 'users:delete'] };
    const refused = await owner.client.post('/api/api-keys', wish);
    expect(codeOf(refused)).toBe('403 PERMISSION_NOT_HELD');
    expect(refused.text).toContain('permissions.1');
    const { id } = await makeKey(owner.client, { permissions: ['users:read'] });
    const patched = await owner.client.patch(`/api/api-keys/${id}`, { permissions: ['users:delete'] });
    expect(codeOf(patched)).toBe('403 PERMISSION_NOT_HELD');
    // Not by way of somebody stronger either.
    const byAdmin = await admin.patch(`/api/api-keys/${id}`, { permissions: ['users:delete'] });
    expect(codeOf(byAdmin)).toBe('403 PERMISSION_NOT_HELD');
  });

  it('answer for keys of others as for absent ones', async () => {
    const { id } = await makeKey(owner.client);
    const absent = '665f1c2e9b1e8a00123456ff';
    const calls: [string, string, object?][] = [
      ['GET', ''],
      ['PATCH', '', { name: 'mine' }],
      ['DELETE', ''],
      ['POST', '/rotate', {}],
      ['GET', '/usage'],
    ];
    for (const [method, path, body] of calls) {
      const call = (key: string) =>
        stranger.client.call(method, `/api/api-keys/${key}${path}`, body && { body });
      const [theirs, nobodys] = [await call(id), await call(absent)];
      expect(codeOf(theirs)).toBe('404 API_KEY_NOT_FOUND');
      expect({ ...theirs.body, requestId: '' }).toEqual({ ...nobodys.body, requestId: '' });
    }
    expect(codeOf(await stranger.client.get(`/api/api-keys?userId=${owner.id}`))).toBe('403 FORBIDDEN');
    expect((await stranger.client.get(`/api/api-keys?userId=${stranger.id}`)).status).toBe(200);
    expect((await owner.client.get(`/api/api-keys/${id}`)).status).toBe(200);
  });

  it('let who may manage keys act on those of weaker users, not on those of stronger ones', async () => {
    const { id } = await makeKey(owner.client, { name: 'of the owner' });
    const list = await admin.get(`/api/api-keys?userId=${owner.id}&sortBy=name&sortOrder=desc`);
    expect(list.text).toContain(id);
    expect((await admin.patch(`/api/api-keys/${id}`, { name: 'seen' })).body.data?.name).toBe('seen');
    const rotated = await admin.post(`/api/api-keys/${id}/rotate`, { overlapHours: 0 });
    expect(rotated.body.data?.key).toMatch(/^sk_/);
    const { id: adminId } = (await admin.get('/api/users/me')).body.data ?? {};
    expect((await trail(id)).at(-1)).toMatchObject({
      action: 'api-key.rotated',
      actor: adminId,
      changes: { userId: { to: owner.id }, rotatedTo: { to: rotated.body.data?.id } },
    });
    // The owner is told; nobody is of what they do themselves, as the other tests do.
    const mails = connection().collection('jobs').find({ 'data.template': 'api-key-rotated-notice' });
    expect((await mails.toArray()).map(({ data }) => data)).toEqual([
      { template: 'api-key-rotated-notice', userId: owner.id, requestId: expect.any(String) },
    ]);
    expect((await admin.delete(`/api/api-keys/${id}`)).status).toBe(200);

    const role = { name: 'key-keeper', permissions: ['api-keys:manage'] };
    await admin.post('/api/roles', role);
    const keeper = await makeUser(admin, [role.name]);
    const stronger = await makeKey(owner.client);
    expect((await keeper.client.get(`/api/api-keys/${stronger.id}`)).status).toBe(200);
    for (const [method, path] of [
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/rotate'],
    ] as const) {
      const options = method === 'DELETE' ? {} : { body: {} };
      const reply = await keeper.client.call(method, `/api/api-keys/${stronger.id}${path}`, options);
      expect(`${method} ${codeOf(reply)}`).toBe(`${method} 403 PERMISSION_NOT_HELD`);
    }
  });

  it('take If-Match, and change nothing for a change of nothing', async () => {
    const { id } = await makeKey(owner.client);
    const path = `/api/api-keys/${id}`;
    const etag = (await owner.client.get(path)).headers.get('etag') ?? '';
    const headers = { 'if-match': etag };
    for (const same of [{}, { name: 'test', permissions: [], allowedIps: null, rateLimit: null }]) {
      expect((await owner.client.patch(path, same, { headers })).headers.get('etag')).toBe(etag);
    }
    expect((await owner.client.patch(path, { name: 'a' }, { headers })).status).toBe(200);
    expect(codeOf(await owner.client.patch(path, { name: 'b' }, { headers }))).toBe(
      '412 PRECONDITION_FAILED',
    );
    expect(codeOf(await owner.client.delete(path, { headers }))).toBe('412 PRECONDITION_FAILED');
  });

  it('ask for a login of the last 10 minutes before they show a key or change one', async () => {
    const { id } = await makeKey(owner.client);
    const sessions = connection().collection('sessions');
    const loggedIn = (secondsAgo: number) =>
      sessions.updateMany({}, { $set: { authenticatedAt: new Date(Date.now() - secondsAgo * 1_000) } });
    await loggedIn(590);
    expect((await owner.client.post('/api/api-keys', { name: 'x' })).status).toBe(201);
    await loggedIn(601);
    for (const path of ['', `/${id}/rotate`]) {
      const reply = await owner.client.post(`/api/api-keys${path}`, path === '' ? { name: 'x' } : {});
      expect(codeOf(reply)).toBe('403 RECENT_LOGIN_REQUIRED');
    }
    for (const wider of [{ permissions: ['users:read'] }, { allowedIps: null }, { rateLimit: null }]) {
      const reply = await owner.client.patch(`/api/api-keys/${id}`, wider);
      expect(codeOf(reply)).toBe('403 RECENT_LOGIN_REQUIRED');
    }
    expect((await owner.client.get(`/api/api-keys/${id}`)).body.data).toMatchObject({ permissions: [] });
    expect((await owner.client.get('/api/api-keys')).status).toBe(200);
    await loggedIn(0);
  });

  it('rotate one key once, however many ask at the same time', async () => {
    const { id } = await makeKey(owner.client, { permissions: ['users:read'] });
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => owner.client.post(`/api/api-keys/${id}/rotate`, { overlapHours: 1 })),
    );
    const codes = replies.map(codeOf).toSorted();
    expect(codes).toEqual(['201 undefined', ...Array.from({ length: 9 }, () => '409 API_KEY_ROTATED')]);
    const made = replies.find(({ status }) => status === 201)?.body.data;
    expect(made).toMatchObject({ name: 'test', permissions: ['users:read'] });
    expect((await trail(id)).filter(({ action }) => action === 'api-key.rotated')).toHaveLength(1);
    const all = await owner.client.get('/api/api-keys?limit=100');
    expect(all.text.split(`"id":"${String(made?.id)}"`)).toHaveLength(2);
  });
});
