import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Reply } from '../support/client.js';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi({});
});
afterAll(() => api?.close());

/** Those that tell a browser what it may do with an answer. */
function rulesOf({ headers }: Reply): Record<string, string> {
  const rule = /^(?:content-security|cross-origin|origin-agent|referrer|strict-transport|x-(?!request-id))/;
  return Object.fromEntries([...headers].filter(([name]) => rule.test(name)));
}

const ofData = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': expect.stringMatching(/^max-age=\d{8}; includeSubDomains$/),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

describe('the rules for a browser', () => {
  it('of data that is read: load nothing, be in no frame, be what it says it is', async () => {
    const admin = await api.asAdministrator();
    const found = await admin.get('/api/users/me');
    expect(found.status).toBe(200);
    expect(rulesOf(found)).toEqual(ofData);
  });

  it.each([
    ['refused', '/api/users/me', 401],
    ['not there', '/api/nothing', 404],
  ])('of a read that is %s: the same', async (_name, path, status) => {
    const reply = await api.client.get(path);
    expect(reply.status).toBe(status);
    expect(rulesOf(reply)).toEqual(ofData);
  });

  it('of a probe: be what it says it is', async () => {
    const reply = await api.client.get('/health/live');
    expect(reply.status).toBe(200);
    expect(rulesOf(reply)).toEqual({ 'x-content-type-options': 'nosniff' });
  });

  it('of a page and of a write: all', async () => {
    const page = await api.client.get('/docs');
    const write = await api.client.post('/api/auth/login', {});
    expect([page.status, write.status]).toEqual([200, 400]);
    for (const reply of [page, write]) {
      expect(rulesOf(reply)).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'cross-origin-opener-policy': 'same-origin',
        'origin-agent-cluster': '?1',
        'x-content-type-options': 'nosniff',
      });
    }
  });
});
