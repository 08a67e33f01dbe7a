import { describe, expect, it } from 'vitest';
import { ExpiringLru } from './expiring-lru.js';

describe('ExpiringLru', () => {
  it('gives what it holds until it expires, and forgets it then', () => {
    const lru = new ExpiringLru<string>(10);
    lru.set('a', 'A', 2_000);
    expect(lru.get('a', 1_999)).toBe('A');
    expect(lru.get('a', 2_000)).toBeUndefined();
    expect(lru.size).toBe(0);
  });

  it('drops what was not asked for the longest', () => {
    const lru = new ExpiringLru<number>(3);
    for (const [index, key] of ['a', 'b', 'c'].entries()) lru.set(key, index, 9_000);
    lru.get('a', 0);
    lru.set('d', 3, 9_000);
    expect(['a', 'b', 'c', 'd'].map((key) => lru.get(key, 0))).toEqual([0, undefined, 2, 3]);
    expect(lru.size).toBe(3);
  });

  it('replaces a value without growing', () => {
    const lru = new ExpiringLru<string>(1);
    lru.set('a', 'old', 9_000);
    lru.set('a', 'new', 9_000);
    expect(lru.get('a', 0)).toBe('new');
    expect(lru.size).toBe(1);
  });
});
