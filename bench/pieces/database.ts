import type { RunningApi } from '../api-process.js';
import type { Ground } from '../ground.js';
import { loaded, type Target } from '../load.js';
import { alternate, measurementOf, seriesOf, type Side } from '../measure.js';
import { judgeRate } from '../verdict.js';
import type { Findings } from './piece.js';

const leastOfFind = 0.6;
const leastOfInsert = 0.5;

/** A page of 20 users beside the driver's own find and count over the same users. */
export async function benchList(ground: Ground): Promise<Findings> {
  const api = await ground.api();
  const { tokens } = api.population;
  const raw = await ground.rawDatabase();
  const base = raw.side("the driver's find and count", 'list', ground.database('few'));
  const list: Target = {
    ...api,
    name: 'GET /api/users?limit=20',
    calls: tokens.map((token) => ({
      path: '/api/users?limit=20',
      headers: { Authorization: `Bearer ${token}` },
    })),
  };
  return beside(ground, base, list, leastOfFind);
}

/** A job asked for over REST beside the insert of its row alone, into a ledger of the same indexes. */
export async function benchPostJob(ground: Ground): Promise<Findings> {
  const api = await ground.api();
  const raw = await ground.rawDatabase();
  const database = ground.database('raw');
  await ground.copyOfIndexes('jobs', ground.database('few'), database);
  const base = raw.side("the ledger's write alone", 'insert', database);
  return beside(ground, base, postJob(api), leastOfInsert);
}

function postJob({ process, port, population }: RunningApi): Target {
  return {
    name: 'POST /api/queues/:queue/jobs',
    process,
    port,
    expected: 202,
    calls: [
      {
        path: '/api/queues/data-processing/jobs',
        headers: { Authorization: `Bearer ${population.administratorToken}` },
        body: { name: 'process-items', data: { items: [{ sku: 'A-1', quantity: 2 }] } },
      },
    ],
  };
}

async function beside(
  { options, report }: Ground,
  base: Side,
  route: Target,
  least: number,
): Promise<Findings> {
  const all = await alternate([base, loaded(route)], options.plan, report);
  const measurement = measurementOf(seriesOf(all, route.name), seriesOf(all, base.name));
  return {
    measurements: [measurementOf(seriesOf(all, base.name)), measurement],
    verdicts: [judgeRate(measurement, least)],
  };
}
