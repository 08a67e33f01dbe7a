import { expect, it } from 'vitest';
import { isBelow } from './rate-ceiling.js';

const ceiling = { limit: 1_000, window: 900_000 };

it.each([
  [1_000, 900, true],
  [1_001, 900, false],
  [1_000_000, 1, false],
  [1, 1, true],
  [2, 1, false],
  [60, 60, true],
  [67, 60, false],
  // The same on the whole, and all of it at once.
  [95_000, 86_400, false],
  [1_000, 86_400, true],
  [1_000_000, 86_400, false],
])('%i requests in %i s are below 1000 in 15 minutes: %s', (limit, windowSeconds, below) => {
  expect(isBelow(ceiling, { limit, windowSeconds })).toBe(below);
});

it('knows no ceiling where the limit is off', () => {
  expect(isBelow(null, { limit: 1_000_000, windowSeconds: 1 })).toBe(true);
});
