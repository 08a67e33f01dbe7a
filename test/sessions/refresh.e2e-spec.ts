import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isolatedSettings, startApi, type RunningApi } from '../support/app.js';
import { Client } from '../support/client.js';
import { HandClock, seconds } from './clock.js';
import {
  collection,
  createUser,
  invalid,
  loggedIn,
  refresh,
  refusalOf,
  sessionIdOf,
  tracesOf,
  type LoggedIn,
} from './logins.js';

const secrets: [string, string] = [
  'an-old-key-of-forty-random-characters-11',
  'the-new-key-of-forty-random-characters-2',
];

describe('a refresh token', () => {
  let settings: Readonly<Record<string, string>>;
  let api: RunningApi;
  /** Another process over the same database, whose first secret is the other one. */
  let other: RunningApi;
  let clock: HandClock;
  let login: () => Promise<LoggedIn>;

  beforeAll(async () => {
    settings = isolatedSettings();
    api = await startApi({ ...settings, REFRESH_SECRETS: secrets.join(',') });
    other = await startApi({ ...settings, REFRESH_SECRETS: secrets.toReversed().join(',') });
    login = await createUser(api, 'ada@nexus.test');
  });
  afterAll(async () => {
    await other?.close();
    await api?.close();
  });
  beforeEach(async () => {
    clock = await HandClock.take();
  });
  afterEach(() => clock[Symbol.dispose]());

  const next = async (token: string): Promise<LoggedIn> => loggedIn(api.url, await refresh(api, token));
  const refusal = (token: string) => refusalOf(api, token);

  it('gives new tokens of the same session, again and again', async () => {
    const first = await login();
    let current = first;
    for (let turn = 0; turn < 5; turn++) {
      clock.forward(seconds(60));
      const reply = await refresh(api, current.refreshToken);
      expect(reply.headers.get('cache-control')).toBe('no-store');
      expect(reply.body).toMatchObject({
        message: 'Session refreshed',
        data: { expiresIn: 600, user: { email: 'ada@nexus.test' } },
      });
      const renewed = loggedIn(api.url, reply);
      expect(renewed.refreshToken).not.toBe(current.refreshToken);
      expect(renewed.accessToken).not.toBe(current.accessToken);
      expect(sessionIdOf(renewed.accessToken)).toBe(sessionIdOf(first.accessToken));
      expect((await renewed.client.get('/api/users/me')).status).toBe(200);
      current = renewed;
    }
  });

  it('is stored by its hash alone', async () => {
    const { refreshToken, accessToken } = await login();
    const renewed = await next(refreshToken);
    const everything = JSON.stringify([
      await collection(api, 'sessions').find().toArray(),
      await collection(api, 'auditEntries').find().toArray(),
    ]);
    for (const token of [refreshToken, renewed.refreshToken, accessToken]) {
      expect(everything).not.toContain(token);
      expect(everything).not.toContain(token.slice(22, 64));
    }
  });

  it('gives one child to 50 at once, and a replay later ends the session', async () => {
    const { client, refreshToken, accessToken } = await login();
    const replies = await Promise.all(Array.from({ length: 50 }, () => refresh(api, refreshToken)));
    expect(replies.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const children = new Set(replies.map(({ body }) => String(body.data?.refreshToken)));
    expect(children.size).toBe(1);
    expect((await client.get('/api/users/me')).status).toBe(200);

    clock.forward(seconds(11));
    expect(await refusal(refreshToken)).toEqual(invalid);
    const [child = ''] = children;
    expect(await refusal(child)).toEqual(invalid);
    expect((await client.get('/api/users/me')).body.code).toBe('SESSION_ENDED');
    const sessionId = sessionIdOf(accessToken);
    expect(await tracesOf(api, sessionId)).toEqual({
      entries: ['auth.login success', 'auth.refresh-reused refused'],
      signals: 1,
    });
  });

  it('gives one child to 50 at once in two processes', async () => {
    const { refreshToken } = await login();
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => refresh(index % 2 === 0 ? api : other, refreshToken)),
    );
    const children = new Set(replies.map(({ body }) => String(body.data?.refreshToken)));
    expect(replies.map(({ status, body }) => body.code ?? status)).toEqual(Array(50).fill(200));
    expect(children.size).toBe(1);
    const [child = ''] = children;
    expect((await refresh(other, child)).status).toBe(200);
    expect((await refresh(api, refreshToken)).body.code).toBe('INVALID_REFRESH_TOKEN');
    expect((await refresh(other, child)).body.code).toBe('INVALID_REFRESH_TOKEN');
  });

  it('gives the same child again within 10 seconds', async () => {
    const { refreshToken } = await login();
    const child = await next(refreshToken);
    clock.forward(seconds(9));
    expect((await next(refreshToken)).refreshToken).toBe(child.refreshToken);
    const grandchild = await next(child.refreshToken);
    expect(grandchild.refreshToken).not.toBe(child.refreshToken);
  });

  it('ends the session when it comes again after its child was used, however soon', async () => {
    const { client, refreshToken } = await login();
    const child = await next(refreshToken);
    const grandchild = await next(child.refreshToken);
    expect(await refusal(refreshToken)).toEqual(invalid);
    expect(await refusal(grandchild.refreshToken)).toEqual(invalid);
    expect((await client.get('/api/users/me')).status).toBe(401);
  });

  it('ends the session once when its replays come together', async () => {
    const { refreshToken, accessToken } = await login();
    await next((await next(refreshToken)).refreshToken);
    const replies = await Promise.all(Array.from({ length: 10 }, () => refresh(api, refreshToken)));
    expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(401));
    const { entries } = await tracesOf(api, sessionIdOf(accessToken));
    expect(entries.filter((entry) => entry.startsWith('auth.refresh-reused'))).toHaveLength(1);
  });

  it('ends no other session of the user', async () => {
    const [other, { refreshToken }] = [await login(), await login()];
    await next((await next(refreshToken)).refreshToken);
    expect(await refusal(refreshToken)).toEqual(invalid);
    expect((await other.client.get('/api/users/me')).status).toBe(200);
    expect((await refresh(api, other.refreshToken)).status).toBe(200);
  });

  it('is refused in one way, and without harm to the session, when it is not one', async () => {
    const { client, refreshToken, accessToken } = await login();
    const foreign = 'ZvDB4qS1xukPEjRWAAAAAKvN7xI0VniQq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQEjRWeJCrze8SNFZ4kKvN7w';
    const forged = Buffer.concat([
      Buffer.from(refreshToken, 'base64url').subarray(0, 48),
      Buffer.alloc(16),
    ]).toString('base64url');
    for (const wrong of [
      refreshToken.slice(0, -1),
      refreshToken.slice(0, 40),
      `${refreshToken}A`,
      foreign,
      forged,
      accessToken,
      'x',
    ]) {
      expect(await refusal(wrong.slice(0, 512))).toEqual(invalid);
    }
    expect((await client.get('/api/users/me')).status).toBe(200);
    expect((await refresh(api, refreshToken)).status).toBe(200);
  });

  it.each([[{ refreshToken: '' }], [{ refreshToken: null }], [{ refreshToken: ['x'] }], [{ token: 'x' }]])(
    'is refused as a body: %j',
    async (body) => {
      const reply = await api.client.post('/api/auth/refresh', body);
      expect([reply.status, reply.body.code]).toEqual([400, 'VALIDATION_FAILED']);
    },
  );

  it('has to be there', async () => {
    for (const reply of [
      await api.client.post('/api/auth/refresh'),
      await api.client.post('/api/auth/refresh', {}),
    ]) {
      expect([reply.status, reply.body.code]).toEqual([401, 'REFRESH_TOKEN_REQUIRED']);
    }
  });

  it('is no access token', async () => {
    const { refreshToken } = await login();
    const reply = await new Client(api.url, refreshToken).get('/api/users/me');
    expect([reply.status, reply.body.code]).toEqual([401, 'INVALID_TOKEN']);
  });

  it('brings no ended session back', async () => {
    const { client, refreshToken } = await login();
    const replies = await Promise.all([
      client.post('/api/auth/logout'),
      ...Array.from({ length: 10 }, () => refresh(api, refreshToken)),
    ]);
    expect(replies[0]?.status).toBe(200);
    const last = replies.slice(1).find(({ status }) => status === 200) ?? null;
    expect(await refusal(refreshToken)).toEqual(invalid);
    if (last !== null) {
      const late = loggedIn(api.url, last);
      expect(await refusal(late.refreshToken)).toEqual(invalid);
      expect((await late.client.get('/api/users/me')).status).toBe(401);
    }
  });

  it.each([
    ['suspended', { status: 'suspended' }, { status: 'active' }],
    ['deleted', { isDeleted: true, deletedAt: new Date() }, { isDeleted: false, deletedAt: null }],
  ])('is of no use to a user who was %s, and is not spent by it', async (name, change, back) => {
    const email = `${name}@nexus.test`;
    const { refreshToken } = await (await createUser(api, email))();
    const users = collection(api, 'users');
    await users.updateOne({ email }, { $set: change });
    expect(await refusal(refreshToken)).toEqual(invalid);
    await users.updateOne({ email }, { $set: back });
    clock.forward(seconds(60));
    expect((await refresh(api, refreshToken)).status).toBe(200);
  });

  it('may be made by any of several REFRESH_SECRETS, until that one is taken out', async () => {
    const [first, unused] = [await login(), await login()];
    const child = await next(first.refreshToken);
    // An answer that was lost while the secrets changed: the child is the one that the other secret made.
    const again = loggedIn(api.url, await refresh(other, first.refreshToken));
    expect(again.refreshToken).toBe(child.refreshToken);
    const renewed = loggedIn(api.url, await refresh(other, again.refreshToken));

    await using after = await startApi({ ...settings, REFRESH_SECRETS: secrets[1] });
    const refused = await refresh(after, unused.refreshToken);
    expect([refused.status, refused.body.code]).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    // Nobody stole the one whose child this process cannot know: it is refused, and the session goes on.
    const current = loggedIn(api.url, await refresh(after, renewed.refreshToken));
    const grandchild = await next(current.refreshToken);
    expect((await refresh(after, current.refreshToken)).status).toBe(401);
    expect((await refresh(api, grandchild.refreshToken)).status).toBe(200);
  });
});
