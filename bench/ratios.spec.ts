import { describe, expect, it } from 'vitest';
import { median, ratioByRounds } from './ratios.js';

describe('ratios', () => {
  it('takes the middle of an odd and of an even count', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 4, 9])).toBe(3);
    expect(() => median([])).toThrow('no values');
  });

  it('compares round by round, so that a slow round of both changes nothing', () => {
    expect(ratioByRounds([60, 6, 60], [100, 10, 100])).toBe(0.6);
  });
});
