import { once } from 'node:events';
import { connect } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getConnectionToken } from '@nestjs/mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe, probeWithin, proxiedServices, untilStatus, type ProxiedServices } from './proxied.js';

let services: ProxiedServices;
let worker: INestApplicationContext;
let url: string;
let beginShutdown: () => void;

beforeAll(async () => {
  services = await proxiedServices();
  Object.assign(process.env, services.settings, { WORKER_PORT: '0' });
  // Imported late: modules read their settings while they load.
  const { WorkerModule } = await import('../../src/worker.module.js');
  const { ProbeServer } = await import('../../src/modules/health/worker/probe-server.js');
  const { Readiness } = await import('../../src/modules/health/readiness.js');
  worker = await NestFactory.createApplicationContext(WorkerModule, { logger: false, abortOnError: false });
  url = `http://127.0.0.1:${worker.get(ProbeServer, { strict: false }).port}`;
  beginShutdown = () => worker.get(Readiness, { strict: false }).beginShutdown();
});

afterAll(async () => {
  await Promise.all([services.mongo.restore(), services.redis.restore()]);
  const connection = worker.get(getConnectionToken(), { strict: false });
  if (connection.readyState === 1) await connection.dropDatabase();
  await worker.close();
  await services.close();
});

describe('the probe of a worker', () => {
  it('gets ready, and lives meanwhile', async () => {
    expect((await probe(url, '/health/live')).body).toEqual({
      status: 'ok',
      info: {},
      error: {},
      details: {},
    });
    const ready = await untilStatus(url, '/health/ready', 200, 20_000);
    expect(ready.body).toMatchObject({
      status: 'ok',
      details: { database: { status: 'up' }, redis: { status: 'up' }, startup: { status: 'up' } },
    });
    expect(ready.headers.get('cache-control')).toBe('no-store');
    expect(ready.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it.each(['mongo', 'redis'] as const)('is not ready within 2 s of losing %s, and heals', async (name) => {
    await untilStatus(url, '/health/ready', 200, 15_000);
    services[name].freeze();
    const frozen = await probeWithin(2_000, url, '/health/ready');
    expect(frozen.status).toBe(503);
    expect(frozen.milliseconds).toBeLessThan(2_000);
    expect(frozen.body.error?.[name === 'mongo' ? 'database' : 'redis']).toMatchObject({ status: 'down' });
    expect((await probe(url, '/health/live')).status).toBe(200);

    await services[name].cut();
    expect((await probe(url, '/health/ready')).status).toBe(503);
    await services[name].restore();
    await untilStatus(url, '/health/ready', 200, 15_000);
  });

  it('answers nothing else: 404 and 405 in the envelope of failures', async () => {
    const unknown = await fetch(`${url}/api/users`, { headers: { 'x-request-id': 'probe-1' } });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toEqual({
      statusCode: 404,
      message: 'Route not found',
      success: false,
      code: 'ROUTE_NOT_FOUND',
      requestId: 'probe-1',
    });
    const posted = await fetch(`${url}/health/live`, { method: 'POST', body: 'x'.repeat(1_000) });
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
    const head = await fetch(`${url}/health/live?probe=1`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
  });

  it('answers what is no HTTP in the envelope too', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.write('HELLO\r\n\r\n');
    await once(socket, 'close');
    const [headers = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n', 2);
    expect(headers).toMatch(/^HTTP\/1\.1 400 [^]*X-Request-ID: /);
    expect(JSON.parse(body)).toMatchObject({ statusCode: 400, success: false, code: 'BAD_REQUEST' });
  });

  it('says 503 from the beginning of a shutdown, closes at its end, and lives until then', async () => {
    await untilStatus(url, '/health/ready', 200, 15_000);
    beginShutdown();
    const ready = await probe(url, '/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({ status: 'shutting_down' });
    expect((await probe(url, '/health/live')).status).toBe(200);
    await worker.close();
    await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
  });
});
