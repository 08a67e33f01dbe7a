import { describe, expect, it } from 'vitest';
import { parseBytes, parseDuration } from './measures.js';

describe('durations', () => {
  it.each([
    ['50ms', 50],
    ['10s', 10_000],
    ['10m', 600_000],
    ['6h', 21_600_000],
    ['30d', 2_592_000_000],
  ])('%s is %d ms', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each(['', '10', 'm', '-1m', '1.5h', '10 m', '1w', '10M', 'constructor', '1__proto__'])(
    '%j is refused',
    (text) => expect(() => parseDuration(text)).toThrow(/whole number with ms, s, m, h or d/),
  );
});

describe('sizes', () => {
  it.each([
    ['512b', 512],
    ['16kb', 16_384],
    ['1mb', 1_048_576],
  ])('%s is %d bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it.each(['1', '1gb', '1MB', '0x1b'])('%j is refused', (text) =>
    expect(() => parseBytes(text)).toThrow(/b, kb or mb/),
  );
});
