import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorker, until, useIsolatedSettings, type RunningContext } from '../jobs/support.js';
import { startApi, type RunningApi } from '../support/app.js';
import type { Json } from '../support/client.js';
import { operationsOf, type ApiDocument } from './document.js';
import { fieldsOf, withValue } from './fields.js';
import { hostileValues, jsonOf, Verbatim } from './hostile-values.js';

let api: RunningApi;
let worker: RunningContext;

beforeAll(async () => {
  api = await startApi(useIsolatedSettings());
  worker = await startWorker();
});
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]();
  await api?.close();
});

it('each hostile row of an import is refused, and none keeps out the last, which is good', async () => {
  const admin = await api.asAdministrator();
  const document: ApiDocument = JSON.parse((await api.client.get('/docs/openapi.json')).text);
  const operation = operationsOf(document).find(({ title }) => title === 'POST /api/users/import');
  if (operation === undefined) throw new Error('imports are not documented');
  const rows = fieldsOf(operation)
    .filter(({ path }) => path.length > 1)
    .flatMap((field) =>
      hostileValues(field)
        // Those that JSON cannot keep are refused for the whole of it.
        .filter(([, value]) => !(value instanceof Verbatim))
        .map(([what, value]) => ({
          title: `${field.path.slice(2).join('.')}: ${what}`,
          row: jsonOf(rowOf(withValue(operation, field, value))),
        })),
    );
  const unexpected = ['$where', '_id', '__v', 'a.b', ''].map((name) => ({
    title: name,
    row: jsonOf({ email: 'ada@example.com', name: 'Ada', [name]: 1 }),
  }));
  const hostile = [...rows, ...unexpected];
  expect(hostile.length).toBeGreaterThan(50);
  const good = jsonOf({ email: 'good@example.com', name: 'Good' });
  const reply = await admin.post(
    '/api/users/import',
    `{"items":[${[...hostile.map(({ row }) => row), good].join(',')}]}`,
  );
  expect([reply.status, reply.text]).toEqual([202, expect.any(String)]);

  const path = `/api/users/imports/${String(reply.body.data?.importId)}`;
  let last: Json | undefined;
  await until('the import is completed', async () => {
    last = (await admin.get(path)).body.data;
    return String(last?.state) === 'completed';
  });
  expect(last?.counts).toEqual({ created: 1, skipped: 0, refused: hostile.length });
});

function rowOf(body: unknown): unknown {
  const items: unknown =
    typeof body === 'object' && body !== null && 'items' in body ? body.items : undefined;
  return Array.isArray(items) ? items[0] : undefined;
}
