import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, startApi, type RunningApi } from '../support/app.js';
import { Browser } from './browser.js';
import { createUser, loggedIn, outcome, sessionIdOf, type LoggedIn } from './logins.js';

const credentials = { email: administrator.email, password: administrator.password };

let api: RunningApi;
let login: () => Promise<LoggedIn>;

beforeAll(async () => {
  api = await startApi();
  login = await createUser(api, 'ada@nexus.test');
});
afterAll(() => api?.close());

async function loggedInBrowser(): Promise<Browser> {
  const browser = new Browser(api.url);
  expect((await browser.login(credentials)).status).toBe(200);
  return browser;
}

describe('a login by cookies', () => {
  it('sets the tokens where no script reads them, and shows none', async () => {
    const browser = new Browser(api.url);
    const reply = await browser.login(credentials);
    expect(reply.body.data).toEqual({
      expiresIn: 600,
      user: expect.objectContaining({ email: credentials.email }),
    });
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect([...browser.cookies.keys()]).toEqual(expect.arrayContaining(['access', 'csrf', 'refresh']));
    expect(browser.cookies.get('access')?.attributes).toBe('Max-Age=600; Path=/; HttpOnly; SameSite=Strict');
    expect(browser.cookies.get('refresh')?.attributes).toMatch(
      /^Max-Age=(2592000|2591999); Path=\/api\/auth; HttpOnly; SameSite=Strict$/,
    );
    expect(browser.cookies.get('csrf')?.attributes).toBe('Path=/; HttpOnly; SameSite=Strict');
    for (const { value } of browser.cookies.values()) expect(reply.text).not.toContain(value);
    expect((await browser.get('/api/users/me')).body.data).toMatchObject({ email: credentials.email });
  });

  it('is renewed by its cookie, which is good once', async () => {
    const browser = await loggedInBrowser();
    const before = new Map(browser.cookies);
    const reply = await browser.write('POST', '/api/auth/refresh');
    expect(reply.status).toBe(200);
    expect(reply.body.data).toEqual({ expiresIn: 600, user: expect.any(Object) });
    expect(browser.cookies.get('refresh')?.value).not.toBe(before.get('refresh')?.value);
    expect((await browser.get('/api/users/me')).status).toBe(200);
    expect((await browser.write('POST', '/api/auth/refresh')).status).toBe(200);

    const stolen = String(before.get('refresh')?.value);
    const replay = await browser.call('POST', '/api/auth/refresh', {
      headers: { cookie: `refresh=${stolen}`, 'x-csrf-token': await browser.csrfToken() },
    });
    expect(outcome(replay)).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    expect(outcome(await browser.get('/api/users/me'))).toEqual([401, 'SESSION_ENDED']);
  });

  it('is renewed by a page that was opened when the access token had gone', async () => {
    const browser = await loggedInBrowser();
    browser.cookies.delete('access');
    expect((await browser.write('POST', '/api/auth/refresh')).status).toBe(200);
    expect((await browser.get('/api/users/me')).status).toBe(200);
  });

  it('keeps its token for its session, before and after a refresh', async () => {
    const browser = await loggedInBrowser();
    const headers = { 'x-csrf-token': await browser.csrfToken() };
    browser.cookies.delete('access');
    expect((await browser.call('POST', '/api/auth/refresh', { headers })).status).toBe(200);
    expect((await browser.call('POST', '/api/auth/logout', { headers })).status).toBe(200);
  });

  it.each([
    ['logout', async (browser: Browser) => browser.write('POST', '/api/auth/logout')],
    ['logout-all', async (browser: Browser) => browser.write('POST', '/api/auth/logout-all')],
    [
      'the end of its own session',
      async (browser: Browser) => {
        const id = sessionIdOf(String(browser.cookies.get('access')?.value));
        return browser.write('DELETE', `/api/auth/sessions/${id}`);
      },
    ],
  ])('takes its cookies back on %s', async (_, end) => {
    const browser = await loggedInBrowser();
    const access = String(browser.cookies.get('access')?.value);
    const reply = await end(browser);
    expect(reply.status).toBe(200);
    expect(reply.headers.getSetCookie()).toEqual([
      'access=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Strict',
      'refresh=; Max-Age=0; Path=/api/auth; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Strict',
    ]);
    expect(outcome(await browser.get('/api/users/me', { cookie: `access=${access}` }))).toEqual([
      401,
      'SESSION_ENDED',
    ]);
  });

  it('keeps its cookies when another session is ended, and a bearer logout sets none', async () => {
    const browser = await loggedInBrowser();
    const other = loggedIn(api.url, await api.client.post('/api/auth/login', credentials));
    const reply = await browser.write('DELETE', `/api/auth/sessions/${sessionIdOf(other.accessToken)}`);
    expect([reply.status, reply.headers.getSetCookie()]).toEqual([200, []]);
    const another = loggedIn(api.url, await api.client.post('/api/auth/login', credentials));
    const logout = await another.client.post('/api/auth/logout');
    expect([logout.status, logout.headers.getSetCookie()]).toEqual([200, []]);
  });

  it('is no token for a program, nor the other way round', async () => {
    const browser = await loggedInBrowser();
    const refreshToken = String(browser.cookies.get('refresh')?.value);
    expect(outcome(await api.client.post('/api/auth/refresh', { refreshToken }))).toEqual([
      401,
      'INVALID_REFRESH_TOKEN',
    ]);
    const planted = new Browser(api.url);
    planted.cookies.set('refresh', {
      value: (await login()).refreshToken,
      path: '/api/auth',
      attributes: '',
    });
    expect(outcome(await planted.write('POST', '/api/auth/refresh'))).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    expect((await browser.write('POST', '/api/auth/refresh')).status).toBe(200);
  });

  it('cannot be asked for by another name', async () => {
    const body = { ...credentials, transport: 'header' };
    expect(outcome(await new Browser(api.url).write('POST', '/api/auth/login', body))).toEqual([
      400,
      'VALIDATION_FAILED',
    ]);
  });
});

describe('two kinds of credentials at once', () => {
  it.each([
    ['a cookie and a bearer token', { cookie: 'access=x', authorization: 'Bearer x' }],
    ['a cookie and a key', { cookie: 'access=x', 'x-api-key': 'sk_x' }],
    ['a bearer token and a key', { authorization: 'Bearer x', 'x-api-key': 'sk_x' }],
  ])('are refused: %s', async (_, headers) => {
    expect(outcome(await api.client.get('/api/users/me', { headers }))).toEqual([400, 'TWO_CREDENTIALS']);
  });

  it('are refused: a refresh token in the body and in a cookie', async () => {
    const browser = await loggedInBrowser();
    const reply = await browser.write('POST', '/api/auth/refresh', { refreshToken: 'x' });
    expect(outcome(reply)).toEqual([400, 'TWO_CREDENTIALS']);
  });
});
