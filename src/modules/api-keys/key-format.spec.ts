import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isWellFormed, makeKey, prefixOf } from './key-format.js';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const valueOf = (text: string): bigint =>
  [...text].reduce((sum, digit) => sum * 62n + BigInt(digits.indexOf(digit)), 0n);

describe('the format of a key', () => {
  const keys = Array.from({ length: 1_000 }, makeKey);

  it('is sk_, 43 base-62 digits of 256 bits, and 6 of their CRC-32', () => {
    for (const key of keys) {
      expect(key).toMatch(/^sk_[0-9A-Za-z]{49}$/);
      expect(valueOf(key.slice(3, 46))).toBeLessThan(2n ** 256n);
      expect(valueOf(key.slice(46))).toBe(BigInt(crc32(key.slice(3, 46))));
      expect(isWellFormed(key)).toBe(true);
    }
  });

  it('uses all of the 256 bits', () => {
    const all = keys.reduce((bits, key) => bits | valueOf(key.slice(3, 46)), 0n);
    expect(all).toBe(2n ** 256n - 1n);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('notices each changed and each swapped character', () => {
    const [key = ''] = keys;
    for (let i = 3; i < key.length; i += 1) {
      const other = key.charAt(i) === 'x' ? 'y' : 'x';
      expect(isWellFormed(key.slice(0, i) + other + key.slice(i + 1))).toBe(false);
      const [first, second] = [key.charAt(i - 1), key.charAt(i)];
      if (i > 3 && first !== second) {
        expect(isWellFormed(key.slice(0, i - 1) + second + first + key.slice(i + 1))).toBe(false);
      }
    }
  });

  it.each([
    ['nothing', ''],
    ['the beginning alone', 'sk_'],
    ['no beginning', makeKey().slice(3)],
    ['another beginning', `pk_${makeKey().slice(3)}`],
    ['a character less', makeKey().slice(0, -1)],
    ['a character more', `${makeKey()}0`],
    ['a line break at its end', `${makeKey()}\n`],
    ['a space before it', ` ${makeKey()}`],
    ['what base 64 has and base 62 has not', `sk_${'-'.repeat(43)}000000`],
    ['100 kB', `sk_${'a'.repeat(100_000)}`],
  ])('is not %s', (_name, text) => expect(isWellFormed(text)).toBe(false));

  it('shows 7 characters of a key', () => expect(prefixOf(keys[0] ?? '')).toHaveLength(7));
});
