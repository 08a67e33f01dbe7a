import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';
import { nested, wrongInputs } from './wrong-inputs.js';

let api: RunningApi;
let admin: Client;

beforeAll(async () => {
  api = await startApi();
  admin = await api.asAdministrator();
});
afterAll(() => api?.close());

describe('wrong input', () => {
  it.each(wrongInputs)(
    '$title is $status $code',
    async ({ method, path, status, code, field, body, headers = {} }) => {
      const reply = await admin.call(method, path, { ...(body !== undefined && { body }), headers });
      expect(reply.body).toMatchObject({ statusCode: status, success: false, code });
      expect(reply.status).toBe(status);
      expect(reply.body.requestId).toBe(reply.headers.get('x-request-id'));
      expect(Object.keys(reply.body).toSorted()).toEqual(
        [
          'code',
          ...(reply.body.errors ? ['errors'] : []),
          'message',
          'requestId',
          'statusCode',
          'success',
        ].toSorted(),
      );
      if (field !== undefined) expect(JSON.stringify(reply.body.errors)).toContain(`"path":"${field}"`);
      expect(reply.text).not.toMatch(/\bat .*\.js|mongo|BSON|class-validator|FST_/i);
    },
  );

  it('tells the allowed methods of a route', async () => {
    const reply = await admin.call('PATCH', '/api/users');
    expect(reply.body).toMatchObject({ statusCode: 405, success: false, code: 'METHOD_NOT_ALLOWED' });
    expect(reply.headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it('nests 32 deep without complaint about the depth', async () => {
    const reply = await admin.post('/api/users', nested(32));
    expect(reply.body).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('answers the longest nonsense shortly and soon', async () => {
    const fields = Array.from({ length: 120_000 }, (_, index) => `"${index.toString(36)}":1`);
    const query = Array.from({ length: 20_000 }, (_, index) => `${index.toString(36)}=`).join('&');
    const begin = process.cpuUsage();
    const replies = await Promise.all([
      api.client.post('/api/auth/login', `{${fields.join(',')}}`),
      api.client.post(`/api/auth/login?${query}`, {}),
      api.client.post('/api/auth/login', `[${'1,'.repeat(9_900)}1]`),
    ]);
    // Microseconds of processor, ours and the caller's.
    expect(process.cpuUsage(begin).user).toBeLessThan(2_000_000);
    for (const reply of replies) {
      expect(reply.status).toBe(400);
      expect(reply.text.length).toBeLessThan(10_000);
    }
  });

  it('tells every reason at once', async () => {
    const reply = await admin.post('/api/users', { email: 'x', age: -1, extra: 1 });
    const paths = new Set(Array.from({ length: 9 }, (_, index) => String(reply.body.errors?.[index]?.path)));
    expect([...paths]).toEqual(expect.arrayContaining(['email', 'name', 'age', 'extra']));
  });
});

describe('request id', () => {
  it.each([
    ['a usable one is kept', 'order-7.A_b', true],
    ['one with a space is replaced', 'a b', false],
    ['one of 129 characters is replaced', 'a'.repeat(129), false],
  ])('%s', async (_, given, kept) => {
    const reply = await api.client.get('/api/nothing', { headers: { 'x-request-id': given } });
    const id = reply.headers.get('x-request-id');
    if (kept) expect(id).toBe(given);
    else expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });
});
