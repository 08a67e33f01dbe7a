import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { administrator, isolatedSettings } from '../support/app.js';
import { Client, type Json } from '../support/client.js';
import { Program } from '../support/program.js';
import { loadedBy, tellsLoaded } from '../traces/loaded.js';

const settings: Record<string, string> = { ...isolatedSettings(), LOG_LEVEL: 'info' };

async function ready(api: Program): Promise<Client> {
  const client = new Client(await api.url());
  await vi.waitFor(async () => expect((await client.get('/health/ready')).status).toBe(200), {
    timeout: 20_000,
  });
  return client;
}

describe('the log of the API', () => {
  let api: Program;
  let client: Client;
  beforeAll(async () => {
    api = new Program('dist/main.js', { ...settings, ...tellsLoaded });
    client = await ready(api);
  });
  afterAll(() => api?.[Symbol.asyncDispose]());

  const requestLine = (requestId: string): Promise<Json> =>
    api.line((line) => String(line.requestId) === requestId && line.status !== undefined);

  it('has one line a request: id, principal, route pattern, status, duration, address', async () => {
    const admin = await client.login(administrator);
    const me = await admin.get('/api/users/me');
    const id = String(me.body.data?.id);
    await admin.get(`/api/users/${id}?include=permissions`, { headers: { 'x-request-id': 'line-1' } });
    expect(await requestLine('line-1')).toEqual({
      level: 'info',
      time: expect.stringMatching(/Z$/),
      requestId: 'line-1',
      principal: id,
      method: 'GET',
      route: '/api/users/:id',
      status: 200,
      duration: expect.any(Number),
      ip: '127.0.0.1',
      message: 'request',
    });
    expect(api.lines.filter((line) => String(line.requestId) === 'line-1')).toHaveLength(1);
  });

  it('also has one for what no route answered', async () => {
    await client.get('/api/secret-path?token=abc', { headers: { 'x-request-id': 'line-2' } });
    expect(await requestLine('line-2')).toMatchObject({ status: 404, route: 'unknown' });
  });

  it('carries the trace of a caller that has one', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await client.get('/api/users/me', {
      headers: { 'x-request-id': 'line-3', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    });
    const line = await requestLine('line-3');
    expect(line).toMatchObject({ traceId, status: 401 });
    // That of the caller is none of ours, and without a collector there is none of ours.
    expect(line).not.toHaveProperty('spanId');
    expect(await loadedBy(api)).toEqual(['@opentelemetry/api']);
  });

  it('holds no secret', async () => {
    await client.post('/api/auth/login', { email: 'x@example.com', password: 'Nobody-Knows-77' });
    const admin = await client.login(administrator);
    await admin.get('/api/users/me', {
      headers: { 'x-request-id': 'line-4', 'x-api-key': 'sk_in_the_wrong_place' },
    });
    await requestLine('line-4');
    const log = api.lines.map((line) => JSON.stringify(line)).join('\n');
    for (const secret of [administrator.password, 'Nobody-Knows-77', 'sk_in_the_wrong_place', 'eyJ']) {
      expect(log).not.toContain(secret);
    }
  });
});

describe('shutting down', () => {
  it('finishes the request that runs, closes in order and ends with 0', async () => {
    await using api = new Program('dist/main.js', settings);
    const client = await ready(api);
    const port = Number(new URL(client.url).port);
    const body = JSON.stringify(administrator);
    // Half a request, so that it certainly runs when the signal comes.
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.slice(0, 10));
    await client.get('/health/live');
    const ended = api.end('SIGTERM');
    await expect
      .poll(
        async () =>
          client.get('/health/live').then(
            () => 'open',
            () => 'closed',
          ),
        { timeout: 10_000 },
      )
      .toBe('closed');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.write(body.slice(10));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('accessToken');
    expect(await ended).toBe(0);
    // The line of a request may come after its answer.
    expect(api.lines.findLast(({ message }) => String(message) !== 'request')).toMatchObject({
      message: 'closed',
    });
    expect(api.errorOutput).toBe('');
  });
});

describe('an environment that does not fit', () => {
  it('is told whole, by the names of the variables, and ends the process with 78', async () => {
    await using api = new Program('dist/main.js', {
      ...settings,
      NODE_ENV: 'production',
      PORT: 'http',
      CURSOR_SECRET: 'change-me-change-me-change-me-change-me',
    });
    expect(await api.exit()).toBe(78);
    expect(api.errorOutput).toContain('PORT must be a whole number');
    expect(api.errorOutput).toContain('CURSOR_SECRET is a placeholder');
    expect(api.errorOutput).toContain('JWT_PRIVATE_KEYS is required in production');
    expect(api.errorOutput).toContain('REFRESH_SECRETS is required in production');
    expect(api.errorOutput).toContain('CSRF_SECRET is required in production');
    expect(api.errorOutput).toContain('API_KEY_PEPPERS is required in production');
    expect(api.errorOutput).not.toContain('change-me');
    expect(api.errorOutput).not.toMatch(/\bat .*\.js/);
  });
});
