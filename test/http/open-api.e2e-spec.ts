import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Json } from '../support/client.js';

let api: RunningApi;
let document: Json;

beforeAll(async () => {
  api = await startApi();
  document = (await api.client.get('/docs/openapi.json')).body;
});
afterAll(() => api?.close());

const operations = () =>
  Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([method, operation]) => ({ path, method, operation })),
  );

describe('the description of the API', () => {
  it('has every route, each with a summary and an answer of success', () => {
    expect(operations().length).toBeGreaterThanOrEqual(20);
    const lacking = operations().filter(
      ({ operation }) =>
        operation?.summary === undefined ||
        !Object.keys(operation.responses ?? {}).some((status) => status.startsWith('2')),
    );
    expect(lacking.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('tells who may call a route, and what it answers to others', () => {
    const list = document.paths?.['/api/users']?.get;
    expect(list?.['x-permissions']).toEqual(['users:read']);
    expect(list?.responses).toMatchObject({
      401: { description: 'UNAUTHENTICATED' },
      403: { description: 'FORBIDDEN: this needs users:read' },
    });
    const login = document.paths?.['/api/auth/login']?.post;
    expect(login?.['x-access']).toBe('public');
    expect(Object.keys(login?.responses ?? {})).toEqual(expect.arrayContaining(['400', '413', '415']));
  });

  it('describes every body with named fields and an example of each', () => {
    const schemas = document.components?.schemas ?? {};
    const bodies = operations().flatMap(({ operation }) => {
      const reference = operation?.requestBody?.content?.['application/json']?.schema?.['$ref'];
      return reference === undefined ? [] : [String(reference).split('/').at(-1) ?? ''];
    });
    expect(bodies.length).toBeGreaterThanOrEqual(5);
    for (const name of bodies) expect(Object.keys(schemas[name]?.properties ?? {}), name).not.toEqual([]);
  });
});
