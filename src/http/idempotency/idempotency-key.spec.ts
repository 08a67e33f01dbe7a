import { describe, expect, it } from 'vitest';
import { apiKeyIds, sessionIds, userIds } from '../../common/ids.js';
import { fingerprintOf, keptUnder } from './idempotency-key.js';

const request = { method: 'POST', url: '/api/users', body: { name: 'Ada', tags: [{ a: 1, b: 2 }] } };
const plain = fingerprintOf(request, 'secret');

describe('the fingerprint of a request', () => {
  it('knows no order of fields', () => {
    expect(fingerprintOf({ ...request, body: { tags: [{ b: 2, a: 1 }], name: 'Ada' } }, 'secret')).toBe(
      plain,
    );
  });

  it.each([
    ['route', { url: '/api/roles' }],
    ['query', { url: '/api/users?notify=true' }],
    ['value', { body: { name: 'ada', tags: [{ a: 1, b: 2 }] } }],
    ['type', { body: { name: 'Ada', tags: [{ a: '1', b: 2 }] } }],
    ['order of a list', { body: { name: 'Ada', tags: [{ b: 2 }, { a: 1 }] } }],
    ['absent field', { body: { name: 'Ada' } }],
    ['absent body', { body: undefined }],
  ])('differs with another %s', (_what, other) => {
    expect(fingerprintOf({ ...request, ...other }, 'secret')).not.toBe(plain);
  });

  it('tells nothing of a password to somebody who does not know the secret', () => {
    expect(fingerprintOf(request, 'guess')).not.toBe(plain);
  });
});

describe('where a key is kept', () => {
  const userId = userIds.parse('0123456789abcdef01234567');
  const base = { userId, permissions: new Set<never>() };
  const session = (id: string) => ({ ...base, kind: 'user' as const, sessionId: sessionIds.parse(id) });

  it('is the same for all logins of a user, and another for each user, key and API key', () => {
    const one = keptUnder(session('aaaaaaaaaaaaaaaaaaaaaaaa'), 'key');
    expect(keptUnder(session('bbbbbbbbbbbbbbbbbbbbbbbb'), 'key')).toBe(one);
    const other = {
      ...session('aaaaaaaaaaaaaaaaaaaaaaaa'),
      userId: userIds.parse('fedcba9876543210fedcba98'),
    };
    expect(keptUnder(other, 'key')).not.toBe(one);
    expect(keptUnder(session('aaaaaaaaaaaaaaaaaaaaaaaa'), 'key2')).not.toBe(one);
    expect(one).not.toContain('key');
    const apiKey = { ...base, kind: 'apiKey' as const, keyId: apiKeyIds.parse(userId) };
    expect(keptUnder(apiKey, 'key')).not.toBe(one);
  });
});
