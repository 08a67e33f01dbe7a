import { describe, expect, it } from 'vitest';
import { attemptsOf, pauseAfter } from './retry-ladder.js';

describe('the retry ladder', () => {
  const ladder = [60_000, 300_000, 900_000, 3_600_000, 21_600_000];

  it('tries once and once more after each rung', () => {
    expect(attemptsOf(ladder)).toBe(6);
    expect(attemptsOf([])).toBe(1);
  });

  it('waits one rung longer after each attempt, and stays on the last', () => {
    expect([1, 2, 3, 4, 5, 6].map((attempt) => pauseAfter(ladder, attempt))).toEqual([...ladder, 21_600_000]);
    expect(pauseAfter([], 1)).toBe(0);
  });
});
