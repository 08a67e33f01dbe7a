import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { atOnce, bearer, caller, oneByOne, tally } from './callers.js';
import { accountMaker, password, type Account } from './accounts.js';

const open = '/api/csrf-token';
const closed = '/api/users/me';

let api: RunningApi;
let ada: Account;
let bob: Account;
let carol: Account;

beforeAll(async () => {
  api = await startApi({
    RATE_LIMIT_ANONYMOUS: '10/10m',
    RATE_LIMIT_PRINCIPAL: '60/10m',
    TRUSTED_PROXIES: '127.0.0.1',
    // What is looked at is the count, not how busy this machine is.
    REDIS_COMMAND_TIMEOUT: '2s',
  });
  const make = await accountMaker(api);
  [ada, bob] = [await make('ada@nexus.test'), await make('bob@nexus.test')];
  carol = await make('carol@nexus.test');
});
afterAll(() => api?.close());

/** `"name";r=9;t=60`: the parameters of a structured field's only item (RFC 9651). */
function fieldOf({ headers }: Reply, name: string): [string, Record<string, number>] {
  const [, item = '', parameters = ''] =
    /^"([a-z-]+)"((?:;[a-z]+=\d+)+)$/.exec(headers.get(name) ?? '') ?? [];
  const pairs = parameters
    .split(';')
    .slice(1)
    .map((pair) => pair.split('='));
  return [item, Object.fromEntries(pairs.map(([key, value]) => [key, Number(value)]))];
}

function expectRefused(reply: Reply): void {
  expect(reply.status).toBe(429);
  expect(reply.body).toMatchObject({
    success: false,
    code: 'RATE_LIMITED',
    message: 'Too many requests, please try again later.',
  });
  const wait = Number(reply.headers.get('retry-after'));
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(600);
}

/** How often a limit has refused, as the metrics tell. */
async function refusals(limit: string): Promise<number> {
  const { text } = await api.client.get('/metrics');
  return Number(new RegExp(`^rate_limit_refusals_total\\{limit="${limit}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
}

describe('without credentials an address', () => {
  it('has one limit for all routes, also for those that need somebody and those that do not exist', async () => {
    const someone = caller(api.url);
    const paths = [open, closed, '/api/nothing', '/nothing', '/api/roles'];
    const replies = await oneByOne(10, (index) => someone.get(paths[index % paths.length] ?? open));
    expect(tally(replies)).toEqual({ 200: 2, 401: 4, 404: 4 });
    for (const path of paths) expectRefused(await someone.get(path));
    expect((await caller(api.url).get(open)).status).toBe(200);
  });

  it('is told what is left, as the drafts of the IETF write it', async () => {
    const someone = caller(api.url);
    const first = await someone.get(open);
    expect(fieldOf(first, 'ratelimit-policy')).toEqual(['anonymous', { q: 10, w: 600 }]);
    const [name, { r, t }] = fieldOf(first, 'ratelimit');
    expect([name, r]).toEqual(['anonymous', 9]);
    expect(t).toBeGreaterThan(500);
    expect(t).toBeLessThanOrEqual(600);
    const replies = await oneByOne(10, () => someone.get(closed));
    expect(replies.map((reply) => fieldOf(reply, 'ratelimit')[1]['r'])).toEqual([
      8, 7, 6, 5, 4, 3, 2, 1, 0, 0,
    ]);
    expect(first.headers.get('x-ratelimit-limit')).toBeNull();
  });

  it('gets exactly its limit when all come at once', async () => {
    const someone = caller(api.url);
    expect(tally(await atOnce(40, () => someone.get(open)))).toEqual({ 200: 10, 429: 30 });
  });

  it('is a /64 of IPv6, and the same as its mapped form in IPv4', async () => {
    const replies = await atOnce(12, (index) =>
      caller(api.url, `2001:db8:7:7::${index.toString(16)}`).get(open),
    );
    expect(tally(replies)).toEqual({ 200: 10, 429: 2 });
    expect((await caller(api.url, '2001:db8:7:8::1').get(open)).status).toBe(200);
    await atOnce(10, () => caller(api.url, '198.51.100.4').get(open));
    expectRefused(await caller(api.url, '::ffff:198.51.100.4').get(open));
  });

  it('never waits for a probe', async () => {
    const someone = caller(api.url);
    await atOnce(12, () => someone.get(open));
    for (const path of ['/health/live', '/health/ready', '/health', '/.well-known/jwks.json']) {
      const replies = await oneByOne(12, () => someone.get(path));
      expect(tally(replies), path).toEqual({ 200: 12 });
      expect(replies[0]?.headers.get('ratelimit')).toBeNull();
    }
  });
});

describe('with credentials', () => {
  it('that are invalid a request counts for its address, and is answered 429 over the limit', async () => {
    const someone = caller(api.url);
    const forged = [bearer('forged'), { 'x-api-key': 'sk_forged' }, { authorization: 'Basic x' }];
    const replies = await oneByOne(10, (index) => someone.get(closed, forged[index % forged.length]));
    expect(tally(replies)).toEqual({ 401: 10 });
    expectRefused(await someone.get(closed, bearer('forged')));
    expectRefused(await someone.get(open));
    expectRefused(await someone.get(open, bearer('forged')));
  });

  it('that are made up a request for a route that does not exist counts for its address', async () => {
    const someone = caller(api.url);
    const replies = await oneByOne(12, () => someone.get('/api/nothing', { 'x-api-key': 'sk_forged' }));
    expect(tally(replies)).toEqual({ 404: 10, 429: 2 });
  });

  it('that are not enough a request counts for its address: cookies without their CSRF token', async () => {
    const someone = caller(api.url);
    const cookie = { cookie: `access=${await ada.token()}` };
    const replies = await oneByOne(12, () => someone.post('/api/auth/logout', undefined, cookie));
    expect(tally(replies)).toEqual({ 403: 10, 429: 2 });
    expect((await someone.get(closed, cookie)).status).toBe(200);
  });

  it('that are valid a request never counts for its address, on whatever route', async () => {
    const someone = caller(api.url);
    const token = bearer(await ada.token());
    const replies = await atOnce(24, (index) =>
      someone.get([open, closed, '/api/nothing'][index % 3] ?? open, token),
    );
    expect(tally(replies)).toEqual({ 200: 16, 404: 8 });
    expect(fieldOf(await someone.get(closed, token), 'ratelimit-policy')[0]).toBe('principal');
    expect(tally(await atOnce(12, () => someone.get(open)))).toEqual({ 200: 10, 429: 2 });
    expect((await someone.get(closed, token)).status).toBe(200);
  });

  it('that come in the body a request counts only when they prove invalid', async () => {
    const someone = caller(api.url);
    let refreshToken = await ada.refreshToken();
    for (let index = 0; index < 12; index += 1) {
      const reply = await someone.post('/api/auth/refresh', { refreshToken });
      expect(reply.status).toBe(200);
      refreshToken = String(reply.body.data?.refreshToken);
    }
    const wrong = await oneByOne(11, () =>
      someone.post('/api/auth/refresh', { refreshToken: 'x'.repeat(43) }),
    );
    expect(tally(wrong.slice(0, 10))).toEqual({ 401: 10 });
    const [last] = wrong.slice(-1);
    if (last !== undefined) expectRefused(last);
    expect((await someone.post('/api/auth/refresh', { refreshToken })).status).toBe(200);
  });

  it('somebody has one limit for all sessions and addresses', async () => {
    const before = await refusals('principal');
    const tokens = [bearer(await bob.token()), bearer(await bob.token())];
    const replies = await atOnce(80, (index) => caller(api.url).get(closed, tokens[index % 2]));
    expect(tally(replies)).toEqual({ 200: 60, 429: 20 });
    const refused = replies.find(({ status }) => status === 429);
    if (refused !== undefined) expectRefused(refused);
    expect((await caller(api.url).get(closed, bearer(await ada.token()))).status).toBe(200);
    expect(await refusals('principal')).toBe(before + 20);
  });
});

it('does not believe X-Forwarded-For of a peer that is no trusted proxy', async () => {
  await using untrusting = await startApi({
    RATE_LIMIT_ANONYMOUS: '10/10m',
    TRUSTED_PROXIES: '192.0.2.0/24',
  });
  const replies = await atOnce(15, () => caller(untrusting.url).get(open));
  expect(tally(replies)).toEqual({ 200: 10, 429: 5 });
});

describe('the limit of a key', () => {
  const rate = (limit: number, windowSeconds: number) => ({
    name: 'own',
    rateLimit: { limit, windowSeconds },
  });

  it('is not above that of its owner, unless who gives it manages keys', async () => {
    const client = await api.client.login({ email: carol.email, password });
    const made = await client.post('/api/api-keys', rate(60, 600));
    expect([made.status, (await client.post('/api/api-keys', rate(1, 10))).status]).toEqual([201, 201]);
    const path = `/api/api-keys/${String(made.body.data?.id)}`;
    const most = '60 requests in 600 s';
    for (const [limit, seconds] of [
      [1_000_000, 1],
      [61, 600],
      [1, 9],
      [61, 86_400],
    ] as const) {
      for (const reply of [
        await client.post('/api/api-keys', rate(limit, seconds)),
        await client.patch(path, rate(limit, seconds)),
      ]) {
        expect(reply.status).toBe(403);
        expect(reply.body).toMatchObject({ success: false, code: 'RATE_LIMIT_TOO_HIGH' });
        expect(reply.body.message).toContain(most);
        expect(reply.body.errors).toEqual([{ path: 'rateLimit', message: expect.stringContaining(most) }]);
      }
    }
    const admin = await api.asAdministrator();
    expect((await admin.post('/api/api-keys', rate(1_000, 1))).status).toBe(201);
    expect((await admin.patch(path, rate(600, 60))).status).toBe(200);
    // What was given may stay, and be given up.
    expect((await client.patch(path, { ...rate(600, 60), name: 'kept' })).body.data?.name).toBe('kept');
    expect((await client.patch(path, { rateLimit: null })).status).toBe(200);
    expect((await client.patch(path, rate(600, 60))).status).toBe(403);
  });
});
