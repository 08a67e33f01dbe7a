import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, startApi, type RunningApi } from '../support/app.js';
import { Browser } from './browser.js';

const random = (): string => randomBytes(32).toString('hex');

describe('the cookies of production', () => {
  let api: RunningApi;

  beforeAll(async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    api = await startApi({
      NODE_ENV: 'production',
      JWT_PRIVATE_KEYS: JSON.stringify([{ ...privateKey.export({ format: 'jwk' }), kid: 'one' }]),
      CURSOR_SECRET: random(),
      REFRESH_SECRETS: random(),
      CSRF_SECRET: random(),
      API_KEY_PEPPERS: `1:${random()}`,
      RATE_LIMIT_ANONYMOUS: '1000/15m',
      RATE_LIMIT_PRINCIPAL: '1000/15m',
      RATE_LIMIT_AUTH_FAILURES: '1000/15m',
    });
  });
  afterAll(() => api?.close());

  it('are sent over TLS alone, and cannot be set by another host of the site', async () => {
    const browser = new Browser(api.url);
    const reply = await browser.login(administrator);
    expect(reply.status).toBe(200);
    const lines = [...browser.cookies].map(([name, { attributes }]) => `${name}; ${attributes}`);
    expect(lines.filter((line) => /access|csrf|refresh/.test(line)).toSorted()).toEqual([
      '__Host-access; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Strict',
      '__Host-csrf; Path=/; HttpOnly; Secure; SameSite=Strict',
      expect.stringMatching(
        /^__Secure-refresh; Max-Age=(25919\d\d|2592000); Path=\/api\/auth; HttpOnly; Secure; SameSite=Strict$/,
      ),
    ]);
    expect((await browser.get('/api/users/me')).status).toBe(200);
    expect((await browser.write('POST', '/api/auth/refresh')).status).toBe(200);
  });

  it('are taken by these names only', async () => {
    const browser = new Browser(api.url);
    await browser.login(administrator);
    const cookie = `access=${browser.cookies.get('__Host-access')?.value}`;
    expect((await browser.get('/api/users/me', { cookie })).body.code).toBe('UNAUTHENTICATED');
  });
});
