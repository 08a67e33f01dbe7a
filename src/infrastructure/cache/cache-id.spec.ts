import { describe, expect, it } from 'vitest';
import { apiKeyIds, sessionIds, userIds } from '../../common/ids.js';
import type { PermissionName, Principal } from '../../common/principal.js';
import { isCacheKey } from '../../common/cache-key.js';
import { cacheIdOf } from './cache-id.js';

const id = (digit: string): string => digit.repeat(24);
const user = (changes: {
  userId?: string;
  sessionId?: string;
  permissions?: PermissionName[];
}): Principal => ({
  kind: 'user',
  userId: userIds.parse(changes.userId ?? id('1')),
  sessionId: sessionIds.parse(changes.sessionId ?? id('2')),
  permissions: new Set(changes.permissions ?? ['users:read', 'roles:read']),
});

describe('cacheIdOf', () => {
  it('is a key of the cache, and the same for equal values, in whichever order their fields are', () => {
    expect(isCacheKey(`thing:${cacheIdOf([])}`)).toBe(true);
    const query = Object.assign(Object.create(null), { limit: '10', page: '1' });
    expect(cacheIdOf(['a', query])).toBe(cacheIdOf(['a', { page: '1', limit: '10', sortBy: undefined }]));
  });

  it('is another one for any other values', () => {
    const lists = [
      [],
      [undefined],
      [null],
      [''],
      ['null'],
      [0],
      ['0'],
      [false],
      [Number.NaN],
      ['a', 'b'],
      ['a,b'],
      ['a"', 'b'],
      [['a'], 'b'],
      [['a', 'b']],
      [{ a: 'b' }],
      [{ a: ['b'] }],
      [{ a: 'b', c: 'd' }],
      [{ 'a":"b","c': 'd' }],
    ];
    expect(new Set(lists.map(cacheIdOf)).size).toBe(lists.length);
  });

  it('tells principals apart by login, by key and by what they may do now', () => {
    const keyed: Principal = {
      kind: 'apiKey',
      userId: userIds.parse(id('1')),
      keyId: apiKeyIds.parse(id('2')),
      permissions: user({}).permissions,
    };
    const different = [
      undefined,
      user({}),
      keyed,
      user({ userId: id('3') }),
      user({ sessionId: id('3') }),
      user({ permissions: [] }),
      user({ permissions: ['users:read'] }),
    ];
    expect(new Set(different.map((principal) => cacheIdOf([principal]))).size).toBe(different.length);
    expect(cacheIdOf([user({ permissions: ['roles:read', 'users:read'] })])).toBe(cacheIdOf([user({})]));
  });

  it('refuses what has no fixed text, rather than give two of it one answer', () => {
    for (const value of [
      () => 1,
      new Map(),
      new Set(),
      new Date(),
      Symbol('s'),
      new URL('http://a.example'),
    ]) {
      expect(() => cacheIdOf([{ deep: [value] }])).toThrow('cannot be told');
    }
  });
});
