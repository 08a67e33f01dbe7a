import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { administrator, startApi, type RunningApi } from '../support/app.js';
import { Browser } from './browser.js';
import { createUser, loggedIn, outcome, type LoggedIn } from './logins.js';

const listed = 'https://app.example.com';
const credentials = { email: administrator.email, password: administrator.password };

let api: RunningApi;
let login: () => Promise<LoggedIn>;

beforeAll(async () => {
  api = await startApi({ CORS_ORIGINS: listed, TRUSTED_PROXIES: '127.0.0.1' });
  login = await createUser(api, 'ada@nexus.test');
});
afterAll(() => api?.close());

async function loggedInBrowser(): Promise<Browser> {
  const browser = new Browser(api.url);
  expect((await browser.login(credentials)).status).toBe(200);
  return browser;
}

describe('the CSRF token', () => {
  const wrong = Buffer.alloc(32).toString('base64url');

  it('is kept by nobody, and bound to a nonce while nobody is logged in', async () => {
    const browser = new Browser(api.url);
    const reply = await browser.get('/api/csrf-token');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const token = String(reply.body.data?.csrfToken);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(token).not.toBe(browser.cookies.get('csrf')?.value);
    expect(await browser.csrfToken()).toBe(token);
    expect(await new Browser(api.url).csrfToken()).not.toBe(token);
  });

  it('is another one for a session', async () => {
    const browser = new Browser(api.url);
    const before = await browser.csrfToken();
    await browser.login(credentials);
    const after = await browser.csrfToken();
    expect(after).not.toBe(before);
    const reply = await browser.call('POST', '/api/auth/logout', { headers: { 'x-csrf-token': before } });
    expect(outcome(reply)).toEqual([403, 'CSRF_TOKEN_INVALID']);
  });

  it.each(['/api/auth/login', '/api/auth/refresh', '/api/auth/logout', '/api/auth/logout-all'])(
    'is needed for POST %s with cookies',
    async (path) => {
      const [browser, other] = [await loggedInBrowser(), await loggedInBrowser()];
      const body = path.endsWith('login') ? { ...credentials, transport: 'cookie' } : undefined;
      const send = (headers: Record<string, string>) => browser.call('POST', path, { body, headers });
      expect(outcome(await send({}))).toEqual([403, 'CSRF_TOKEN_REQUIRED']);
      expect(outcome(await send({ 'x-csrf-token': '' }))).toEqual([403, 'CSRF_TOKEN_REQUIRED']);
      for (const token of [wrong, 'x', await other.csrfToken(), await new Browser(api.url).csrfToken()]) {
        const reply = await send({ 'x-csrf-token': token });
        expect(outcome(reply)).toEqual([403, 'CSRF_TOKEN_INVALID']);
        expect(reply.headers.getSetCookie()).toEqual([]);
      }
      expect((await send({ 'x-csrf-token': await browser.csrfToken() })).status).toBe(200);
    },
  );

  it.each([
    ['PATCH', '/api/users/000000000000000000000000', { name: 'Eve' }],
    ['PUT', '/api/users/000000000000000000000000', { name: 'Eve' }],
    ['DELETE', '/api/users/000000000000000000000000', undefined],
    ['DELETE', '/api/auth/sessions/000000000000000000000000', undefined],
    ['POST', '/api/users', { email: 'eve@nexus.test', name: 'Eve' }],
  ])('is needed for %s %s with cookies', async (method, path, body) => {
    const browser = await loggedInBrowser();
    expect(outcome(await browser.call(method, path, { body }))).toEqual([403, 'CSRF_TOKEN_REQUIRED']);
    expect((await browser.write(method, path, body)).status).not.toBe(403);
  });

  it('is not needed to read, nor by a bearer token', async () => {
    expect((await (await loggedInBrowser()).get('/api/users')).status).toBe(200);
    const { client } = await login();
    expect((await client.post('/api/auth/logout')).status).toBe(200);
  });

  it('is not needed for a login whose tokens are in the answer', async () => {
    expect((await new Browser(api.url).call('POST', '/api/auth/login', { body: credentials })).status).toBe(
      200,
    );
  });
});

describe('where a write comes from', () => {
  const login = (browser: Browser) => browser.login(credentials);

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }],
    ['another host of the site', { 'sec-fetch-site': 'same-site' }],
    ['another origin, in an old browser', { origin: 'https://evil.test' }],
    ['a sandbox', { origin: 'null' }],
    [
      'a listed origin that is spelt otherwise',
      { 'sec-fetch-site': 'cross-site', origin: `${listed}.evil.test` },
    ],
  ])('is refused from %s, in the envelope', async (_, from) => {
    const reply = await login(new Browser(api.url, { ...from, 'x-request-id': 'csrf-1' }));
    expect(reply.body).toEqual({
      statusCode: 403,
      success: false,
      code: 'CROSS_ORIGIN_REQUEST',
      message: expect.any(String),
      requestId: 'csrf-1',
    });
    expect(reply.headers.get('x-request-id')).toBe('csrf-1');
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(reply.headers.getSetCookie()).toEqual([]);
  });

  it('leaves an entry in the audit trail when it is refused', async () => {
    // An address of its own: further refusals of one address are only counted.
    const address = '203.0.113.77';
    const from = { 'sec-fetch-site': 'cross-site', 'x-forwarded-for': address, 'x-request-id': 'csrf-2' };
    expect((await login(new Browser(api.url, from))).status).toBe(403);
    const admin = await api.asAdministrator();
    await vi.waitFor(
      async () => {
        const { body } = await admin.get(`/api/audit?action=access.denied&actor=${address}`);
        expect(body.data).toMatchObject([
          {
            actor: { type: 'anonymous', id: address },
            target: { type: 'route', id: 'POST /api/auth/login' },
            changes: { code: { to: 'CROSS_ORIGIN_REQUEST' } },
            requestId: 'csrf-2',
          },
        ]);
      },
      { timeout: 15_000, interval: 250 },
    );
  });

  it.each([
    ['our own pages', { 'sec-fetch-site': 'same-origin' }],
    ['an address that was typed', { 'sec-fetch-site': 'none' }],
    ['a listed origin', { 'sec-fetch-site': 'cross-site', origin: listed }],
    ['a program', {}],
  ])('is fine from %s', async (_, from) => {
    expect((await login(new Browser(api.url, from))).status).toBe(200);
  });

  it('does not matter to bearer tokens and keys, nor to who only reads', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' };
    const admin = loggedIn(api.url, await api.client.post('/api/auth/login', credentials));
    expect((await admin.client.get('/api/users', { headers: foreign })).status).toBe(200);
    const bearer = await admin.client.post('/api/auth/logout', undefined, { headers: foreign });
    expect(bearer.status).toBe(200);
    const key = { ...foreign, 'x-api-key': 'sk_x' };
    expect((await api.client.post('/api/users', { name: 'x' }, { headers: key })).status).toBe(401);
    expect((await new Browser(api.url, foreign).get('/api/csrf-token')).status).toBe(200);
  });
});
