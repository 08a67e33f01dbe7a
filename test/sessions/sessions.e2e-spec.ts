import { EventEmitter, once } from 'node:events';
import { Types } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client, Json } from '../support/client.js';
import { collection, createUser, loggedIn, password, refresh, sessionIdOf, tracesOf } from './logins.js';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

function listOf(data: Json | undefined): Json[] {
  return Array.isArray(data) ? data : [];
}

describe('logging in and out', () => {
  it('leaves entries, of failures too', async () => {
    const email = 'audited@nexus.test';
    const login = await createUser(api, email);
    const { accessToken, client } = await login();
    await api.client.post('/api/auth/login', {
      email: 'Audited@nexus.test',
      password: 'Wrong-Horse-8-Battery',
    });
    expect((await client.post('/api/auth/logout')).status).toBe(200);
    expect(await tracesOf(api, sessionIdOf(accessToken))).toEqual({
      entries: ['auth.login success', 'auth.logout success'],
      signals: 1,
    });
    const user = await collection(api, 'users').findOne({ email });
    const entry = await collection(api, 'auditEntries').findOne({
      action: 'auth.login',
      'actor.id': String(user?._id),
    });
    expect(entry).toMatchObject({ actor: { type: 'user' }, ip: '127.0.0.1', requestId: expect.any(String) });
    await expect
      .poll(() => collection(api, 'auditEntries').findOne({ action: 'auth.login-failed' }), {
        timeout: 15_000,
      })
      .toMatchObject({ target: { type: 'account', id: email }, outcome: 'failed' });
  });

  it('everywhere ends all sessions of the user with the next request, and those of nobody else', async () => {
    const login = await createUser(api, 'everywhere@nexus.test');
    const other = await (await createUser(api, 'bystander@nexus.test'))();
    const sessions = await Promise.all(Array.from({ length: 5 }, () => login()));
    const [first] = sessions;
    expect((await first?.client.post('/api/auth/logout-all'))?.status).toBe(200);
    for (const { client, refreshToken, accessToken } of sessions) {
      expect((await client.get('/api/users/me')).body.code).toBe('SESSION_ENDED');
      expect((await refresh(api, refreshToken)).status).toBe(401);
      expect((await tracesOf(api, sessionIdOf(accessToken))).signals).toBe(1);
    }
    expect((await other.client.get('/api/users/me')).status).toBe(200);
    const user = await collection(api, 'users').findOne({ email: 'everywhere@nexus.test' });
    const entry = await collection(api, 'auditEntries').findOne({ action: 'auth.logout-all' });
    expect(entry).toMatchObject({
      actor: { type: 'user', id: String(user?._id) },
      target: { type: 'user', id: String(user?._id) },
      outcome: 'success',
    });
    expect((await (await login()).client.get('/api/users/me')).status).toBe(200);
  });

  it('everywhere is not held up by refreshes of the same moment', async () => {
    const login = await createUser(api, 'busy@nexus.test');
    const sessions = await Promise.all(Array.from({ length: 15 }, () => login()));
    const [first] = sessions;
    const started = Date.now();
    await Promise.all([
      ...sessions.map(({ refreshToken }) => refresh(api, refreshToken)),
      first?.client.post('/api/auth/logout-all'),
      ...sessions.map(({ refreshToken }) => refresh(api, refreshToken)),
    ]);
    expect(Date.now() - started).toBeLessThan(20_000);
    for (const { client } of sessions) expect((await client.get('/api/users/me')).status).toBe(401);
  });
});

describe('the list of sessions', () => {
  it('shows each with its device, and which one is asking', async () => {
    const login = await createUser(api, 'lists@nexus.test');
    const { client, accessToken } = await login();
    const body = { email: 'lists@nexus.test', password };
    const headers = { 'user-agent': 'T\u00e9l\u00e9phone/1.0 (home)' };
    const phone = loggedIn(api.url, await api.client.post('/api/auth/login', body, { headers }));
    const reply = await client.get('/api/auth/sessions');
    expect(reply.body.message).toBe('Sessions retrieved');
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const base = { ip: '127.0.0.1', createdAt: time, lastUsedAt: time };
    expect(reply.body.data).toEqual([
      { ...base, id: sessionIdOf(phone.accessToken), device: 'T l phone/1.0 (home)', current: false },
      { ...base, id: sessionIdOf(accessToken), device: 'node', current: true },
    ]);
    expect(reply.body.pagination).toEqual({
      currentPage: 1,
      totalPages: 1,
      totalItems: 2,
      itemsPerPage: 10,
      hasNextPage: false,
      hasPrevPage: false,
    });
    expect(listOf((await phone.client.get('/api/auth/sessions')).body.data)[0]?.current).toBe(true);
  });

  it('is read by cursor and sorted by use', async () => {
    const login = await createUser(api, 'cursor@nexus.test');
    const [first, second, third] = [await login(), await login(), await login()];
    await refresh(api, first.refreshToken);
    const query = 'sortBy=lastUsedAt&limit=2';
    const part = await third.client.get(`/api/auth/sessions?${query}&cursor=`);
    const next = await third.client.get(
      `/api/auth/sessions?${query}&cursor=${String(part.body.pagination?.nextCursor)}`,
    );
    const ids = [...listOf(part.body.data), ...listOf(next.body.data)].map(({ id }) => String(id));
    expect(ids).toEqual([first, third, second].map(({ accessToken }) => sessionIdOf(accessToken)));
    expect(next.body.pagination).toEqual({ itemsPerPage: 2, hasNextPage: false });
    expect((await third.client.get('/api/auth/sessions?sortBy=ip')).status).toBe(400);
  });

  it('leaves out what has expired', async () => {
    const login = await createUser(api, 'expired@nexus.test');
    const [{ accessToken }, { client }] = [await login(), await login()];
    expect(listOf((await client.get('/api/auth/sessions')).body.data)).toHaveLength(2);
    await collection(api, 'sessions').updateOne(
      { _id: new Types.ObjectId(sessionIdOf(accessToken)) },
      { $set: { expiresAt: new Date(0) } },
    );
    expect(listOf((await client.get('/api/auth/sessions')).body.data)).toHaveLength(1);
  });
});

describe('ending a session', () => {
  it('ends that one, with its entry and its signal', async () => {
    const login = await createUser(api, 'ends@nexus.test');
    const [here, there] = [await login(), await login()];
    const id = sessionIdOf(there.accessToken);
    expect((await here.client.delete(`/api/auth/sessions/${id}`)).body.message).toBe('Session ended');
    expect((await there.client.get('/api/users/me')).body.code).toBe('SESSION_ENDED');
    expect((await refresh(api, there.refreshToken)).status).toBe(401);
    expect((await here.client.get('/api/users/me')).status).toBe(200);
    expect(await tracesOf(api, id)).toEqual({
      entries: ['auth.login success', 'auth.session-ended success'],
      signals: 1,
    });
    expect((await here.client.delete(`/api/auth/sessions/${id}`)).status).toBe(404);
  });

  it('tells nothing of the session of another user', async () => {
    const mine = await (await createUser(api, 'mine@nexus.test'))();
    const theirs = await (await createUser(api, 'theirs@nexus.test'))();
    const answers = await Promise.all(
      [sessionIdOf(theirs.accessToken), '0'.repeat(24)].map(async (id) => {
        const { status, body } = await mine.client.delete(`/api/auth/sessions/${id}`);
        return { status, code: body.code, message: body.message };
      }),
    );
    const [theirsIs, absentIs] = answers;
    expect(absentIs).toEqual({ status: 404, code: 'SESSION_NOT_FOUND', message: 'Session not found' });
    expect(theirsIs).toEqual(absentIs);
    expect((await theirs.client.get('/api/users/me')).status).toBe(200);
    expect((await mine.client.delete('/api/auth/sessions/x')).body.code).toBe('INVALID_ID');
  });
});

describe('a login that is still being checked', () => {
  const changes = {
    'the password is changed': async (client: Client) => {
      const body = { currentPassword: password, newPassword: 'Quite-Another-9-Horse' };
      return client.post('/api/auth/change-password', body);
    },
    'the user is suspended': async (_: Client, id: string) =>
      (await api.asAdministrator()).post(`/api/users/${id}/suspend`),
    'the user is deleted': async (_: Client, id: string) =>
      (await api.asAdministrator()).delete(`/api/users/${id}`),
  };

  it.each(Object.entries(changes))('opens no session when %s meanwhile', async (name, change) => {
    const email = `${name.replaceAll(' ', '-')}@nexus.test`;
    const login = await createUser(api, email);
    const { client } = await login();
    const id = String((await client.get('/api/users/me')).body.data?.id);
    const { PasswordHasher } = await import('../../src/modules/auth/password-hasher.js');
    const hasher = api.app.get(PasswordHasher, { strict: false });
    const events = new EventEmitter();
    const checked = once(events, 'checked');
    const held = vi.spyOn(hasher, 'verify').mockImplementationOnce(async (given, hash) => {
      const matches = await PasswordHasher.prototype.verify.call(hasher, given, hash);
      const changed = once(events, 'changed');
      events.emit('checked');
      await changed;
      return matches;
    });
    const overtaken = api.client.post('/api/auth/login', { email, password });
    await checked;
    expect((await change(client, id)).status).toBe(200);
    events.emit('changed');
    const reply = await overtaken;
    held.mockRestore();
    expect([reply.status, reply.body.code]).toEqual([401, 'INVALID_CREDENTIALS']);
  });

  it('loses none of many at once', async () => {
    const login = await createUser(api, 'crowd@nexus.test');
    const logins = await Promise.all(Array.from({ length: 30 }, () => login()));
    const replies = await Promise.all(logins.map(({ client }) => client.get('/api/users/me')));
    expect(replies.map(({ status }) => status)).toEqual(Array(30).fill(200));
  });
});
