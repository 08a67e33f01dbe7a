import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Reply } from '../support/client.js';

const random = (): string => randomBytes(32).toString('hex');

describe('the page of the docs in production', () => {
  let api: RunningApi;
  let page: Reply;

  beforeAll(async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    api = await startApi({
      NODE_ENV: 'production',
      DOCS_IN_PRODUCTION: 'true',
      JWT_PRIVATE_KEYS: JSON.stringify([{ ...privateKey.export({ format: 'jwk' }), kid: 'one' }]),
      CURSOR_SECRET: random(),
      REFRESH_SECRETS: random(),
      CSRF_SECRET: random(),
      API_KEY_PEPPERS: `1:${random()}`,
      RATE_LIMIT_ANONYMOUS: '1000/15m',
      RATE_LIMIT_PRINCIPAL: '1000/15m',
      RATE_LIMIT_AUTH_FAILURES: '1000/15m',
    });
    page = await api.client.get('/docs');
  });
  afterAll(() => api?.close());

  // What Mozilla's HTTP Observatory gives its points for.
  it.each([
    ['strict-transport-security', /^max-age=(?:[2-9]\d{7}|1[6-9]\d{6}|\d{9,})/],
    ['content-security-policy', /(?:^|;)default-src 'self'(?:;|$)/],
    ['content-security-policy', /(?:^|;)script-src 'self'(?:;|$)/],
    ['content-security-policy', /(?:^|;)object-src 'none'(?:;|$)/],
    ['content-security-policy', /(?:^|;)base-uri 'self'(?:;|$)/],
    ['content-security-policy', /(?:^|;)form-action 'self'(?:;|$)/],
    ['content-security-policy', /(?:^|;)frame-ancestors 'self'(?:;|$)/],
    ['x-content-type-options', /^nosniff$/],
    ['x-frame-options', /^SAMEORIGIN$/],
    ['referrer-policy', /^no-referrer$/],
    ['cross-origin-resource-policy', /^same-origin$/],
  ])('has %s %s', (name, value) => {
    expect(page.status).toBe(200);
    expect(page.headers.get(name)).toMatch(value);
  });

  it('sets no cookie, and tells no other origin that it may read it', () => {
    expect(page.headers.get('set-cookie')).toBeNull();
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('has no script within it, and every file that it asks for is there', async () => {
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=/i);
    const files = [...page.text.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      const { pathname, origin } = new URL(file, `${api.url}/docs`);
      expect([file, origin]).toEqual([file, api.url]);
      expect([pathname, (await api.client.get(pathname)).status]).toEqual([pathname, 200]);
    }
  });
});
