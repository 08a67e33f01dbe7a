import { describe, expect, it } from 'vitest';
import { formatTraceparent, parseTraceparent } from './trace.js';

describe('traceparent', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const spanId = '00f067aa0ba902b7';
  const place = { traceId, spanId, traceFlags: 1, isRemote: true };

  it.each([
    [`00-${traceId}-${spanId}-01`, place],
    [`00-${traceId}-${spanId}-00`, { ...place, traceFlags: 0 }],
    // Bits that version 00 does not know say nothing.
    [`00-${traceId}-${spanId}-fe`, { ...place, traceFlags: 0 }],
    [`01-${traceId}-${spanId}-03`, place],
    [`01-${traceId}-${spanId}-01-what-follows`, place],
  ])('%s is read', (text, expected) => expect(parseTraceparent(text)).toEqual(expected));

  it.each([
    undefined,
    '',
    'x',
    [`00-${traceId}-${spanId}-01`],
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
    `01-${traceId}-${spanId}-01.`,
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    ` 00-${traceId}-${spanId}-01`,
  ])('%j is ignored', (text) => expect(parseTraceparent(text)).toBeUndefined());

  it.each([0, 1])('with flags %i is written as it is read', (traceFlags) =>
    expect(parseTraceparent(formatTraceparent({ traceId, spanId, traceFlags }))).toEqual({
      ...place,
      traceFlags,
    }),
  );
});
