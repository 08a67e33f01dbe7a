import { describe, expect, it } from 'vitest';
import { requestIdOf, traceIdOf } from './request-id.js';

describe('request id', () => {
  it.each(['a', 'A-1_b.c', 'x'.repeat(128)])('keeps %j', (given) =>
    expect(requestIdOf({ headers: { 'x-request-id': given } })).toBe(given),
  );

  it.each(['', 'a b', 'a\r\nSet-Cookie: x', 'ü', 'x'.repeat(129), ['a', 'b']])('replaces %j', (given) =>
    expect(requestIdOf({ headers: { 'x-request-id': given } })).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
  );
});

describe('traceparent', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

  it('gives its trace id', () => expect(traceIdOf(`00-${traceId}-00f067aa0ba902b7-01`)).toBe(traceId));

  it.each([
    undefined,
    '',
    `00-${traceId}-00f067aa0ba902b7`,
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
  ])('is ignored when it is %j', (header) => expect(traceIdOf(header)).toBeUndefined());
});
