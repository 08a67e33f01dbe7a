import { UnrecoverableError } from 'bullmq';
import { expect, it } from 'vitest';
import { keptResult } from './job-result.js';

it.each([
  [undefined, null],
  [null, null],
  [0, 0],
  ['', ''],
  [() => 1, null],
  [{ at: new Date(0), missing: undefined }, { at: '1970-01-01T00:00:00.000Z' }],
  [
    [1, { two: 2 }],
    [1, { two: 2 }],
  ],
])('keeps %o as JSON says it', (result, kept) => {
  expect(keptResult(result)).toEqual(kept);
});

it('refuses what JSON cannot say, and what is too large', () => {
  const circle: { self?: object } = {};
  circle.self = circle;
  for (const result of [circle, { large: 1n }, 'x'.repeat(300_000)]) {
    expect(() => keptResult(result)).toThrow(UnrecoverableError);
  }
});
