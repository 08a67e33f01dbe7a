import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf } from './fields.js';
import { Ground } from './ground.js';
import { brokenRequests, malformedHeaders, oddHeaders } from './headers.table.js';
import { jsonOf } from './hostile-values.js';
import { exchange } from './raw.js';
import { inParallel, problemsWithFailure } from './requests.js';

let ground: Ground;

beforeAll(async () => {
  ground = await Ground.start();
});
afterAll(() => ground?.[Symbol.asyncDispose]());

describe('a header', () => {
  it('that says nonsense is taken for none, or refused', async () => {
    const gets = ground.operations.filter(({ method, path }) => method === 'GET' && path.startsWith('/api/'));
    // Each header on every third route, another third for the next header.
    const pairs = oddHeaders.flatMap((headers, index) =>
      gets.filter((_, place) => (place + index) % 3 === 0).map((operation) => ({ headers, operation })),
    );
    const statuses = await inParallel(gets, async (operation) => {
      const { status } = await ground.caller.call({ method: 'GET', path: ground.pathOf(operation) });
      return [operation, status] as const;
    });
    const usual = new Map(statuses);
    const problems = await inParallel(pairs, async ({ headers, operation }) => {
      const reply = await ground.caller.call({ method: 'GET', path: ground.pathOf(operation), headers });
      if (reply.status === usual.get(operation)) return [];
      const refusal =
        reply.status === 400 ? problemsWithFailure(reply) : [`a ${reply.status}: ${reply.text}`];
      return refusal.map(
        (problem) => `${operation.title} ${JSON.stringify(headers).slice(0, 60)}: ${problem}`,
      );
    });
    expect(problems.flat()).toEqual([]);
  });

  it('of which a route makes something is a 400 when nothing can be made of it', async () => {
    const before = await ground.belongings();
    const cases = ground.operations.flatMap((operation) =>
      operation.parameters
        .filter((parameter) => parameter.in === 'header')
        .flatMap(({ name }) =>
          (malformedHeaders[name] ?? []).map((value) => ({
            title: `${operation.title} ${name}: ${value.slice(0, 20)}`,
            method: operation.method,
            path: ground.pathOf(operation),
            headers: { [name]: value },
            ...(operation.body !== undefined && { body: jsonOf(bodyOf(operation)) }),
            statuses: [400],
          })),
        ),
    );
    expect(cases.length).toBeGreaterThan(80);
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
    expect(await ground.belongings()).toEqual(before);
  });

  it('of up to 128 kB is read like any other', async () => {
    for (const length of [16_384, 17_000, 65_536, 130_000]) {
      const reply = await ground.caller.call({
        method: 'GET',
        path: '/api/users?limit=1',
        headers: { 'x-long': 'a'.repeat(length) },
      });
      expect([length, reply.status]).toEqual([length, 200]);
    }
  });
});

describe('a request', () => {
  it.each(brokenRequests)('with $title is a $status', async ({ bytes, status }) => {
    const replies = await exchange(ground.api.url, Buffer.from(bytes, 'latin1'));
    // One answer and not two: nothing of the rest is taken for a request of its own.
    expect(replies.map((reply) => reply.status)).toEqual([status]);
    for (const reply of replies) {
      expect(problemsWithFailure(reply)).toEqual([]);
      expect(reply.headers['set-cookie']).toBeUndefined();
    }
  });

  it('with a request id that would break a line of a log is given another', async () => {
    const bytes =
      'GET /api/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-ID: a%0d%0aSet-Cookie: b\r\n\r\n';
    const [reply] = await exchange(ground.api.url, bytes);
    expect(reply?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});
