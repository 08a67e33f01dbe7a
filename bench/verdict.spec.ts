import { describe, expect, it } from 'vitest';
import { judge, judgeCost, judgeRate, withEarlier } from './verdict.js';

const measurement = {
  name: 'list',
  requestsPerSecond: 500,
  of: 'driver',
  ratio: 0.5,
  cpuPerRequest: 900,
  ratioByCpu: 0.8,
  p50: 1,
  p99: 2,
  errors: 0,
};

describe('verdicts', () => {
  it('keeps a bound that is just reached', () => {
    expect(judge({ name: 'a', of: 'b' }, 0.6, { least: 0.6 }).met).toBe(true);
    expect(judge({ name: 'a', of: 'b' }, 0.599, { least: 0.6 }).met).toBe(false);
    expect(judge({ name: 'a', of: 'b' }, 50, { most: 50 }).met).toBe(true);
    expect(judge({ name: 'a', of: 'b' }, 50.1, { most: 50 })).toMatchObject({ target: '<= 50', met: false });
  });

  it('judges rates as shares, and costs as multiples', () => {
    expect(judgeRate(measurement, 0.6)).toMatchObject({ measured: 0.5, byCpu: 0.8, met: false });
    expect(judgeCost(measurement, 2)).toMatchObject({ measured: 2, byCpu: 1.25, met: true });
    expect(() => judgeRate({ ...measurement, of: null, ratio: null }, 1)).toThrow('against nothing');
  });

  it('keeps what an earlier run judged and this one did not', () => {
    const row = (name: string, of: string | null, value: number) => ({ name, of, value });
    expect(withEarlier([row('a', 'x', 1), row('a', 'y', 1), row('b', null, 1)], [row('a', 'x', 2)])).toEqual([
      row('a', 'y', 1),
      row('b', null, 1),
      row('a', 'x', 2),
    ]);
  });
});
