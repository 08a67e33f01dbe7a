import type { Ground } from '../ground.js';
import { loaded, type Target } from '../load.js';
import { alternate, measurementOf, seriesOf } from '../measure.js';
import type { PieceName } from '../options.js';
import { judgeRate } from '../verdict.js';
import { nothing, type Findings } from './piece.js';

const nest = 'Nest+Fastify, empty handler';
const open = 'GET /api/users/:id, no credential';
const byKey = 'GET /api/users/:id, API key';

/** What routes of ours should reach of the empty handler's rate. */
const targets: ReadonlyMap<PieceName, { readonly name: string; readonly least: number }> = new Map([
  ['live', { name: 'GET /health/live', least: 0.6 }],
  ['me', { name: 'GET /api/users/me', least: 0.4 }],
  ['by-id', { name: 'GET /api/users/:id', least: 0.4 }],
  ['key', { name: byKey, least: 0.37 }],
]);
/** And a route with a key of the same route without. */
const leastOfOpen = 0.8;

/** Our routes beside the framework with an empty handler: they come from memory, so it is our code that costs. */
export async function benchRoutes(ground: Ground): Promise<Findings> {
  const asked = [...targets].filter(([piece]) => ground.options.pieces.has(piece));
  if (asked.length === 0) return nothing;
  const names = new Set(asked.map(([, { name }]) => name));
  if (names.has(byKey)) names.add(open);
  const ours = (await routesOf(ground, names.has(open))).filter(({ name }) => names.has(name));
  const empty = { calls: [{ path: '/' }] };
  const bases: Target[] = [
    { name: nest, ...empty, ...(await ground.emptyServer('nest-empty', nest)) },
    {
      name: 'Fastify, empty handler',
      ...empty,
      ...(await ground.emptyServer('fastify-empty', 'Fastify, empty handler')),
    },
  ];
  const all = await alternate(
    [...bases, ...ours].map((target) => loaded({ ...target, awakeClient: true })),
    ground.options.plan,
    ground.report,
  );
  const base = seriesOf(all, nest);
  const measurements = all.map((series) => measurementOf(series, series === base ? undefined : base));
  const verdicts = asked.map(([, { name, least }]) =>
    judgeRate(measurementOf(seriesOf(all, name), base), least),
  );
  if (!names.has(open)) return { measurements, verdicts };
  const ofOpen = measurementOf(seriesOf(all, byKey), seriesOf(all, open));
  return { measurements: [...measurements, ofOpen], verdicts: [...verdicts, judgeRate(ofOpen, leastOfOpen)] };
}

/** Every call of a rotation has another token or key, and by-id another user too. */
async function routesOf(ground: Ground, withOpen: boolean): Promise<Target[]> {
  const { process, port, population } = await ground.api();
  const { tokens, keys, userIds } = population;
  const bearer = (index: number) => ({ Authorization: `Bearer ${tokens[index % tokens.length] ?? ''}` });
  const key = (index: number) => ({ 'X-API-Key': keys[index % keys.length] ?? '' });
  const users = userIds.map((id) => `/api/users/${id}`);
  return [
    { name: 'GET /health/live', process, port, calls: [{ path: '/health/live' }] },
    {
      name: 'GET /api/users/me',
      process,
      port,
      calls: tokens.map((_, index) => ({ path: '/api/users/me', headers: bearer(index) })),
    },
    {
      name: 'GET /api/users/:id',
      process,
      port,
      calls: users.map((path, index) => ({ path, headers: bearer(index) })),
    },
    {
      name: byKey,
      process,
      port,
      calls: users.map((path, index) => ({ path, headers: key(index) })),
    },
    ...(withOpen
      ? [{ ...(await ground.openApi()), name: open, calls: users.map((path) => ({ path })) }]
      : []),
  ];
}
