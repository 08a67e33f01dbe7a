import { describe, expect, it } from 'vitest';
import { requestIdOf } from './request-id.js';

describe('request id', () => {
  it.each(['a', 'A-1_b.c', 'x'.repeat(128)])('keeps %j', (given) =>
    expect(requestIdOf({ headers: { 'x-request-id': given } })).toBe(given),
  );

  it.each(['', 'a b', 'a\r\nSet-Cookie: x', 'ü', 'x'.repeat(129), ['a', 'b']])('replaces %j', (given) =>
    expect(requestIdOf({ headers: { 'x-request-id': given } })).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
  );
});
