import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import { days, HandClock, minutes, seconds } from './clock.js';
import { createUser, invalid, loggedIn, refresh, refusalOf, type LoggedIn } from './logins.js';

let api: RunningApi;
let clock: HandClock;
let login: () => Promise<LoggedIn>;

beforeAll(async () => {
  api = await startApi();
  login = await createUser(api, 'ada@nexus.test');
});
afterAll(() => api?.close());
beforeEach(async () => {
  clock = await HandClock.take();
});
afterEach(() => clock[Symbol.dispose]());

const next = async (token: string): Promise<LoggedIn> => loggedIn(api.url, await refresh(api, token));

describe('a refresh token', () => {
  it('is good for 30 days, and begins anew with each use', async () => {
    const [unused, used] = [await login(), await login()];
    clock.forward(days(29));
    const renewed = await next(used.refreshToken);
    clock.forward(days(2));
    expect(await refusalOf(api, unused.refreshToken)).toEqual(invalid);
    expect((await refresh(api, renewed.refreshToken)).status).toBe(200);
  });

  it('belongs to a session that ends after 90 days whatever the rotation', async () => {
    let { refreshToken } = await login();
    for (const step of [29, 29, 29]) {
      clock.forward(days(step));
      ({ refreshToken } = await next(refreshToken));
    }
    clock.forward(days(3) - seconds(120));
    const last = await refresh(api, refreshToken);
    expect(last.status).toBe(200);
    expect(Number(last.body.data?.expiresIn)).toBeLessThanOrEqual(120);
    const { client, refreshToken: lastToken } = loggedIn(api.url, last);
    expect((await client.get('/api/users/me')).status).toBe(200);
    clock.forward(seconds(121));
    expect((await client.get('/api/users/me')).status).toBe(401);
    expect(await refusalOf(api, lastToken)).toEqual(invalid);
  });
});

describe('a recent login', () => {
  it('is asked for where it says so: after 10 minutes a refreshed session is refused, a new login is not', async () => {
    const document = (await api.client.get('/docs/openapi.json')).body;
    const routes = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.entries(item ?? {}).flatMap(([method, operation]) =>
        String(operation?.['x-recent-login']) === '10m' ? [{ method: method.toUpperCase(), path }] : [],
      ),
    );
    expect(routes).toContainEqual({ method: 'POST', path: '/api/api-keys' });

    const { refreshToken } = await login();
    clock.forward(minutes(10) - seconds(30));
    const almost = loggedIn(api.url, await refresh(api, refreshToken));
    for (const { method, path } of routes) {
      const reply = await almost.client.call(method, path.replaceAll(/\{\w+\}/g, '0'.repeat(24)));
      expect([path, reply.body.code]).not.toEqual([path, 'RECENT_LOGIN_REQUIRED']);
    }
    clock.forward(seconds(31));
    const late = loggedIn(api.url, await refresh(api, almost.refreshToken));
    const anew = await login();
    for (const { method, path } of routes) {
      const call = path.replaceAll(/\{\w+\}/g, '0'.repeat(24));
      const refused = await late.client.call(method, call);
      expect([path, refused.status, refused.body.code]).toEqual([path, 403, 'RECENT_LOGIN_REQUIRED']);
      const taken = await anew.client.call(method, call);
      expect([path, taken.body.code]).not.toEqual([path, 'RECENT_LOGIN_REQUIRED']);
    }
  });
});
