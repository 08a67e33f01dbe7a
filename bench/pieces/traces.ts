import type { Ground } from '../ground.js';
import { loaded } from '../load.js';
import { alternate, measurementOf, seriesOf } from '../measure.js';
import { judgeRate } from '../verdict.js';
import type { Findings } from './piece.js';

const off = 'GET /api/users/me, traces off';
const sampled = 'GET /api/users/me, traces at 1 %';
/** Of the rate without traces. */
const least = 0.7;

/** What traces cost where one in a hundred is recorded: the same route of the same API with and without them. */
export async function benchTraces(ground: Ground): Promise<Findings> {
  const plain = await ground.api();
  const traced = await ground.tracedApi(0.01);
  const calls = plain.population.tokens.map((token) => ({
    path: '/api/users/me',
    headers: { Authorization: `Bearer ${token}` },
  }));
  const sides = [
    { name: off, calls, process: plain.process, port: plain.port },
    { name: sampled, calls, process: traced.process, port: traced.port },
  ];
  const all = await alternate(sides.map(loaded), ground.options.plan, ground.report);
  if (traced.collector.taken() === 0) {
    throw new Error('no span reached the collector: what was measured had no traces');
  }
  const base = seriesOf(all, off);
  const cost = measurementOf(seriesOf(all, sampled), base);
  return { measurements: [measurementOf(base), cost], verdicts: [judgeRate(cost, least)] };
}
