import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobTypes } from '../../src/jobs/catalogue/catalogue.js';
import { examplesOf, operationsOf, type Documented } from '../access/document.js';
import { makeKey } from '../api-keys/keys.js';
import { startApi, type RunningApi } from '../support/app.js';
import type { Json, Reply } from '../support/client.js';
import { differences } from './described.js';

let api: RunningApi;
let document: Json;
let all: Documented[];

beforeAll(async () => {
  api = await startApi();
  document = (await api.client.get('/docs/openapi.json')).body;
  all = operationsOf(document);
});
afterAll(() => api?.close());

const accessOf = ({ operation }: Documented): string => String(operation['x-access']);
const isGuarded = (one: Documented): boolean => ['authenticated', 'permission'].includes(accessOf(one));
const isWrite = ({ route }: Documented): boolean => !route.startsWith('GET ');
const responsesOf = ({ operation }: Documented): [string, Json][] =>
  Object.entries(operation.responses ?? {}).map(([status, response]) => [status, response ?? {}]);
const told = ({ operation }: Documented, status: number): string =>
  String(operation.responses?.[status]?.description ?? '');

/** The names of those that lack something. */
function lacking(has: (one: Documented) => boolean, among: Documented[] = all): string[] {
  return among.filter((one) => !has(one)).map(({ route }) => route);
}

describe('the description of the API', () => {
  it('has of every route a summary, a tag, its access and an answer of success', () => {
    expect(all.length).toBeGreaterThan(60);
    expect(lacking(({ operation }) => String(operation.summary ?? '').length > 5)).toEqual([]);
    expect(lacking(({ operation }) => operation.tags !== undefined)).toEqual([]);
    const kinds = ['public', 'probe', 'authenticated', 'permission'];
    expect(lacking((one) => kinds.includes(accessOf(one)))).toEqual([]);
    const isDescribed = ([status, { content }]: [string, Json]): boolean =>
      status.startsWith('2') && Object.values(content ?? {}).some((media) => media?.schema !== undefined);
    expect(lacking((one) => responsesOf(one).some(isDescribed))).toEqual([]);
  });

  it('says what proves a caller, one of three ways, and that a write with cookies wants a token as well', () => {
    expect(document.components?.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'access' },
      'X-API-Key': { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      'X-CSRF-Token': { type: 'apiKey', in: 'header', name: 'X-CSRF-Token' },
    });
    for (const one of all) {
      const cookie = isWrite(one) ? { cookie: [], 'X-CSRF-Token': [] } : { cookie: [] };
      const takesKeys = accessOf(one) === 'permission' || one.route === 'GET /api/users/me';
      const wanted = [{ bearer: [] }, cookie, ...(takesKeys ? [{ 'X-API-Key': [] }] : [])];
      expect(one.operation.security, one.route).toEqual(isGuarded(one) ? wanted : []);
    }
  });

  it('names the permissions that let a caller in, and what others are answered', () => {
    const list = all.find(({ route }) => route === 'GET /api/users');
    expect(list?.operation['x-permissions']).toEqual(['users:read']);
    expect(list && told(list, 403)).toBe(
      'FORBIDDEN: this needs users:read; IP_NOT_ALLOWED: not from where this API key may be used',
    );
  });

  it('names every failure that a kind of routes has in common', () => {
    const guarded = all.filter(isGuarded);
    const limited = all.filter((one) => accessOf(one) !== 'probe');
    expect(guarded.length).toBeGreaterThan(40);
    const names = (status: number, code: string) => (one: Documented) => told(one, status).includes(code);
    expect(lacking(names(401, 'UNAUTHENTICATED'), guarded)).toEqual([]);
    expect(lacking(names(401, 'TOKEN_EXPIRED'), guarded)).toEqual([]);
    expect(lacking((one) => told(one, 403) !== '', guarded)).toEqual([]);
    expect(lacking(names(403, 'CSRF_TOKEN_REQUIRED'), guarded.filter(isWrite))).toEqual([]);
    expect(lacking(names(403, 'CROSS_ORIGIN_REQUEST'), limited.filter(isWrite))).toEqual([]);
    expect(lacking(names(400, 'TWO_CREDENTIALS'), guarded)).toEqual([]);
    expect(lacking(names(400, 'VALIDATION_FAILED'), limited)).toEqual([]);
    expect(lacking(names(429, 'RATE_LIMITED'), limited)).toEqual([]);
    expect(lacking((one) => told(one, 503) !== '', limited)).toEqual([]);
    const withBody = all.filter(({ operation }) => operation.requestBody !== undefined);
    expect(lacking((one) => told(one, 413) !== '' && told(one, 415) !== '', withBody)).toEqual([]);
    const withId = limited.filter(({ route }) => route.includes(':id'));
    expect(lacking(names(404, '_NOT_FOUND'), withId)).toEqual([]);
    const changeable = all.filter(({ operation }) =>
      JSON.stringify(operation.parameters).includes('"If-Match"'),
    );
    expect(lacking(names(412, 'PRECONDITION_FAILED'), changeable)).toEqual([]);
    const conditional = all.filter((one) => told(one, 412) !== '');
    expect(conditional.map(({ route }) => route)).toEqual(changeable.map(({ route }) => route));
  });

  it('shows each failure by an example of its envelope', () => {
    for (const one of all.filter(({ route }) => route.includes(' /api/'))) {
      for (const [status, { content, description }] of responsesOf(one)) {
        if (Number(status) < 400) continue;
        const { schema, example } = content?.['application/json'] ?? {};
        expect(schema?.$ref, `${one.route} ${status}`).toBe('#/components/schemas/FailureDto');
        expect(example, `${one.route} ${status}`).toMatchObject({
          statusCode: Number(status),
          success: false,
          code: expect.stringMatching(/^[A-Z_]+$/),
        });
        expect(String(description)).toContain(String(example?.code));
      }
    }
  });

  it('shows each answer of success in the envelope', () => {
    const bare = ['GET /api/users/export', 'GET /api/queues/:queue/jobs/:id/events'];
    for (const one of all.filter(({ route }) => route.includes(' /api/') && !bare.includes(route))) {
      const [, response] = responsesOf(one).find(([status]) => status.startsWith('2')) ?? [];
      const { properties } = response?.content?.['application/json']?.schema ?? {};
      expect(Object.keys(properties ?? {}).slice(0, 4), one.route).toEqual([
        'statusCode',
        'message',
        'success',
        'data',
      ]);
    }
  });

  it('refers to nothing that it does not have', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    const known = Object.keys(document.components?.schemas ?? {});
    expect(references.map(([, name]) => name).filter((name) => !known.includes(String(name)))).toEqual([]);
    for (const { route, operation } of all) {
      const named = [...route.matchAll(/:(\w+)/g)].map(([, name]) => name);
      const parameters: Json[] = Array.isArray(operation.parameters) ? operation.parameters : [];
      const described = parameters
        .filter(({ in: where }) => String(where) === 'path')
        .map(({ name }) => String(name));
      expect(described.toSorted(), route).toEqual(named.toSorted());
    }
  });

  it('describes what is really answered', async () => {
    const admin = await api.asAdministrator();
    const idOf = ({ body, text }: Reply): string => {
      if (body.data === undefined) throw new Error(text);
      return String(body.data.id ?? body.data.importId);
    };
    const me = idOf(await admin.get('/api/users/me'));
    const { id: key, get } = await makeKey(admin, {
      quota: { limit: 9, period: 'day' },
      rateLimit: { limit: 9, windowSeconds: 9 },
    });
    await get('/api/users/me');
    const role = idOf(await admin.post('/api/roles', { name: 'described', permissions: ['users:read'] }));
    const items = [{ email: 'imported@example.com', name: 'Imported' }];
    const imported = idOf(await admin.post('/api/users/import', { items }));
    const order = { name: 'weekly-report', data: { type: 'weekly' } };
    const job = idOf(await admin.post('/api/queues/reports/jobs', { ...order, delay: 60_000 }));
    await admin.put('/api/queues/reports/schedules/daily', { ...order, every: 60_000 });
    const idsOf: Readonly<Record<string, string>> = {
      users: me,
      imports: imported,
      roles: role,
      jobs: job,
      'api-keys': key,
    };

    const looked: string[] = [];
    for (const { route, operation } of all) {
      const [method, path = ''] = route.split(' ');
      // A stream and a file are looked into elsewhere, and no job of this test is dead.
      if (method !== 'GET' || /events$|export$|dead-letters\/:id$|metrics$/.test(path)) continue;
      const target = path
        .replace(':queue', 'reports')
        .replaceAll(/([\w-]+)\/:id/g, (_, name: string) => `${name}/${idsOf[name]}`);
      const reply = await admin.get(target);
      expect(reply.status, `${route}: ${reply.text}`).toBe(200);
      const schema = operation.responses?.[200]?.content?.['application/json']?.schema ?? {};
      expect(differences(schema, reply.body, document), route).toEqual([]);
      looked.push(route);
    }
    expect(looked.length).toBeGreaterThan(20);
  });

  // Last: it changes the password of whoever calls.
  it('gives an example of each body that the route takes as it is', async () => {
    const withBody = all.filter(({ operation }) => operation.requestBody !== undefined);
    expect(withBody.length).toBeGreaterThan(20);
    const admin = await api.asAdministrator();
    const refusals = new Set([
      'VALIDATION_FAILED',
      'INVALID_BODY',
      'INVALID_JOB_DATA',
      'UNKNOWN_JOB_TYPE',
      'INVALID_SCHEDULE',
    ]);
    for (const one of withBody) {
      const examples = Object.entries(examplesOf(one) ?? {});
      expect(examples, one.route).not.toEqual([]);
      for (const [name, body] of examples) {
        expect(Object.keys(Object(body)), `${one.route} ${name}`).not.toEqual([]);
        const queue = jobTypes.find((type) => type.name === (name || 'weekly-report'))?.queue ?? '';
        const [method = '', path = ''] = one.route.split(' ');
        const target = path.replace(':queue', queue).replaceAll(/:\w+/g, '0'.repeat(24));
        const reply = await admin.call(method, target, { body });
        expect(refusals.has(String(reply.body.code)), `${one.route} ${name}: ${reply.text}`).toBe(false);
        expect(reply.status, `${one.route} ${name}: ${reply.text}`).toBeLessThan(500);
      }
    }
  });
});
