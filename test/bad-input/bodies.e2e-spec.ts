import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from './document.js';
import { bodyOf, fieldsOf, withValue, type Field } from './fields.js';
import { Ground } from './ground.js';
import { hostileValues, jsonOf } from './hostile-values.js';
import { inParallel, problemsWithFailure, type Case } from './requests.js';
import { wholeBodies } from './whole-bodies.js';

let ground: Ground;
let withBody: Operation[];

beforeAll(async () => {
  ground = await Ground.start();
  withBody = ground.operations.filter(({ body }) => body !== undefined);
});
afterAll(() => ground?.[Symbol.asyncDispose]());

const importRows = 'POST /api/users/import items';
/** Where a name of something that does not exist is no matter of its characters: what is looked up is not found. */
const lookedUp = new Set(['POST /api/dead-letters/retry queue', 'PATCH /api/api-keys/{id} permissions.0']);

function hostileCases(operation: Operation, field: Field): Case[] {
  const path = field.path.join('.');
  const title = `${operation.title} ${path}`;
  // Rows are looked at one by one when they are taken in: see imports.e2e-spec.ts.
  if (title.startsWith(`${importRows}.`)) return [];
  const schema = title === importRows ? { type: 'array' } : field.schema;
  return hostileValues({ ...field, schema }).map(([what, value]) => ({
    title: `${title}: ${what}`,
    method: operation.method,
    path: ground.pathOf(operation),
    body: jsonOf(withValue(operation, field, value)),
    ...(lookedUp.has(title) && typeof value === 'string'
      ? { statuses: [400, 404] }
      : { statuses: [400], field: path }),
  }));
}

describe('a body', { timeout: 120_000 }, () => {
  it('is refused for each hostile value in each of its fields, which is named', async () => {
    const before = await ground.belongings();
    const cases = withBody.flatMap((operation) =>
      fieldsOf(operation).flatMap((field) => hostileCases(operation, field)),
    );
    expect(cases.length).toBeGreaterThan(1_000);
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
    expect(await ground.belongings()).toEqual(before);
  });

  it('is refused for what it is as a whole', async () => {
    const before = await ground.belongings();
    const cases = withBody.flatMap((operation) =>
      wholeBodies(bodyOf(operation)).map(({ title, ...rest }) => ({
        title: `${operation.title}: ${title}`,
        method: operation.method,
        path: ground.pathOf(operation),
        ...rest,
      })),
    );
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
    expect(await ground.belongings()).toEqual(before);
  });

  it('of rows is refused for a field that could not be kept or means something else', async () => {
    const cases = ['toString', 'constructor', 'hasOwnProperty', 'a\u0000'].map((name) => ({
      title: name,
      method: 'POST',
      path: '/api/users/import',
      body: jsonOf({ items: [{ email: 'ada@example.com', name: 'Ada', [name]: 1 }] }),
      statuses: [400],
      field: `items.0.${name}`,
    }));
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
  });

  it('is refused where nobody reads one', async () => {
    const cases = ground.operations
      .filter(({ body, method, isProbe }) => body === undefined && method !== 'GET' && !isProbe)
      .flatMap((operation) =>
        ['$where', 'constructor', 'toString', 'id'].map((field) => ({
          title: `${operation.title} ${field}`,
          method: operation.method,
          path: ground.pathOf(operation),
          body: jsonOf({ [field]: 1 }),
          statuses: [400],
          field,
        })),
      );
    expect(cases.length).toBeGreaterThan(20);
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
  });

  it('of a GET changes nothing', async () => {
    const gets = ground.operations.filter(
      ({ method, path }) => method === 'GET' && !path.endsWith('/events'),
    );
    const body = jsonOf({ $where: 'sleep(1000)' });
    const problems = await inParallel(gets, async (operation) => {
      const path = ground.pathOf(operation);
      const [without, withOne] = [
        await ground.caller.call({ method: 'GET', path }),
        await ground.caller.call({ method: 'GET', path, body }),
      ];
      return without.status === withOne.status || withOne.status === 400
        ? []
        : [`${operation.title}: ${without.status}, with a body ${withOne.status} ${withOne.text}`];
    });
    expect(problems.flat()).toEqual([]);
  });

  // Last: these change things. It is what the others are worth: each of their bodies differs from one of these.
  it('as the document has it is taken by every route', async () => {
    const ends = withBody.filter(({ path }) => path.endsWith('change-password'));
    const problems = await inParallel(
      withBody.filter((operation) => !ends.includes(operation)),
      async (operation) => {
        const { method, title } = operation;
        const path = ground.pathOf(operation);
        const reply = await ground.caller.call({ method, path, body: jsonOf(bodyOf(operation)) });
        if (reply.status < 400) return [];
        const isReached = !/VALIDATION_FAILED|INVALID_JOB_DATA|INVALID_ID|INVALID_SCHEDULE/.test(reply.text);
        return [
          ...problemsWithFailure(reply),
          ...(isReached ? [] : [`it is not as the document says: ${reply.text}`]),
        ].map((problem) => `${title}: ${problem}`);
      },
    );
    expect(problems.flat()).toEqual([]);
  });
});
