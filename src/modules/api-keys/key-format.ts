import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(digits.length);
/** 43 digits of base 62 hold 256 bits, 6 hold 32. */
const randomLength = 43;
const checksumLength = 6;
const format = new RegExp(`^sk_[0-9A-Za-z]{${randomLength + checksumLength}}$`);
const prefixLength = 7;

/** A new key: `sk_`, 256 random bits in base 62, and the CRC-32 of those 43 characters in base 62. */
export function makeKey(): string {
  const random = encode(BigInt(`0x${randomBytes(32).toString('hex')}`), randomLength);
  return `sk_${random}${checksumOf(random)}`;
}

/** Whether this can be a key at all: asked before anything else, so that a mistyped or made-up one costs nothing. */
export function isWellFormed(text: string): boolean {
  return format.test(text) && text.endsWith(checksumOf(text.slice(3, -checksumLength)));
}

/** What people may see of a key. */
export function prefixOf(key: string): string {
  return key.slice(0, prefixLength);
}

function checksumOf(random: string): string {
  let rest = crc32(random);
  let text = '';
  for (let i = 0; i < checksumLength; i += 1) {
    text = digits.charAt(rest % digits.length) + text;
    rest = Math.floor(rest / digits.length);
  }
  return text;
}

function encode(number: bigint, length: number): string {
  let text = '';
  for (let rest = number; rest > 0n; rest /= base) text = digits.charAt(Number(rest % base)) + text;
  return text.padStart(length, digits.charAt(0));
}
