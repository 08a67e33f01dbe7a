import { expect, it } from 'vitest';
import { alternate, measurementOf, seriesOf, type Side } from './measure.js';

/** A side whose rates are given; what it costs is always the same. */
function side(name: string, rates: number[], order: string[]): Side {
  return {
    name,
    run: (_seconds, latencies) => {
      order.push(name);
      latencies?.record(2_000);
      const requestsPerSecond = rates.shift() ?? 0;
      return Promise.resolve({ requestsPerSecond, cpuPerRequest: name === 'base' ? 50 : 100, errors: 0 });
    },
  };
}

it('takes turns there and back, warms up, and compares what ran in the same round', async () => {
  const order: string[] = [];
  const plan = { rounds: 3, slice: 1, warmUp: 1 };
  const sides = [side('base', [1, 100, 10, 100], order), side('own', [1, 40, 4, 50], order)];
  const all = await alternate(sides, plan, () => undefined);
  expect(order.join(' ')).toBe('base own base own own base base own');
  expect(measurementOf(seriesOf(all, 'own'), seriesOf(all, 'base'))).toEqual({
    name: 'own',
    requestsPerSecond: 40,
    of: 'base',
    ratio: 0.4,
    cpuPerRequest: 100,
    ratioByCpu: 0.5,
    p50: 2,
    p99: 2,
    errors: 0,
  });
  expect(measurementOf(seriesOf(all, 'base'))).toMatchObject({ of: null, ratio: null, ratioByCpu: null });
  expect(() => seriesOf(all, 'another')).toThrow('not measured');
});

it('does not measure what fails while it is warmed up', async () => {
  const failing: Side = {
    name: 'failing',
    run: () => Promise.resolve({ requestsPerSecond: 1, cpuPerRequest: undefined, errors: 3 }),
  };
  const plan = { rounds: 1, slice: 1, warmUp: 1 };
  await expect(alternate([failing], plan, () => undefined)).rejects.toThrow('failing: 3 requests');
});
