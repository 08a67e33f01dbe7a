import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import { probe, probeWithin, proxiedServices, untilStatus, type ProxiedServices } from './proxied.js';

/** A dependency that is gone is told within this many milliseconds. */
const told = 2_000;
/** Redis and MongoDB clients pause up to a few seconds between two attempts to connect. */
const healed = 15_000;

let services: ProxiedServices;
let api: RunningApi;

beforeAll(async () => {
  services = await proxiedServices();
  api = await startApi(services.settings);
});

afterAll(async () => {
  await services.mongo.restore();
  await api.close();
  await services.close();
});

afterEach(async () => {
  await Promise.all([services.mongo.restore(), services.redis.restore()]);
  await untilStatus(api.url, '/health', 200, healed);
});

describe('probes of a healthy API', () => {
  it('answers /health in its own shape', async () => {
    const { status, body, headers } = await untilStatus(api.url, '/health', 200, told);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      checks: {
        database: { status: 'up', responseTime: expect.any(Number) },
        redis: { status: 'up', responseTime: expect.any(Number) },
        queue: { status: 'up', responseTime: expect.any(Number) },
      },
      uptime: expect.any(Number),
      memory: { rss: expect.any(Number), heapTotal: expect.any(Number), heapUsed: expect.any(Number) },
    });
  });

  it("answers live and ready in Terminus' shape, never to be cached", async () => {
    const live = await probe(api.url, '/health/live');
    expect(live.status).toBe(200);
    expect(live.body).toEqual({ status: 'ok', info: {}, error: {}, details: {} });
    expect(live.headers.get('cache-control')).toBe('no-store');

    const ready = await probe(api.url, '/health/ready');
    expect(ready.status).toBe(200);
    expect(ready.headers.get('cache-control')).toBe('no-store');
    expect(ready.body).toMatchObject({
      error: {},
      details: {
        database: { status: 'up' },
        indexes: { status: 'up' },
        startup: { status: 'up' },
        signals: { status: 'up' },
      },
    });
    // How many workers live is asked like everything optional: a busy Redis may leave it out once.
    await vi.waitFor(
      async () => {
        const { body } = await probe(api.url, '/health/ready');
        expect(body.details?.workers).toMatchObject({ status: 'degraded', alive: 0 });
      },
      { timeout: 10_000, interval: 100 },
    );
  });

  it('has no probes under the prefix of the API', async () => {
    expect((await api.client.get('/api/health/live')).status).toBe(404);
  });

  it('needs no credentials and does not look at bad ones', async () => {
    const answer = await api.client.get('/health/live', { headers: { authorization: 'Bearer nonsense' } });
    expect(answer.status).toBe(200);
  });
});

describe.each([
  ['frozen', (proxied: ProxiedServices, name: 'mongo' | 'redis') => Promise.resolve(proxied[name].freeze())],
  ['cut off', (proxied: ProxiedServices, name: 'mongo' | 'redis') => proxied[name].cut()],
] as const)('a dependency that is %s', (_, harm) => {
  it('MongoDB: 503 within 2 s on /health and ready, live is untouched, and well again by itself', async () => {
    await harm(services, 'mongo');
    const [report, ready, live] = await Promise.all([
      probeWithin(told, api.url, '/health'),
      probeWithin(told, api.url, '/health/ready'),
      probeWithin(500, api.url, '/health/live'),
    ]);
    expect(report.status).toBe(503);
    expect(report.milliseconds).toBeLessThan(told);
    expect(report.body).toMatchObject({
      status: 'unhealthy',
      checks: { database: { status: 'down' }, redis: { status: 'up' }, queue: { status: 'up' } },
    });
    expect(ready.status).toBe(503);
    expect(ready.milliseconds).toBeLessThan(told);
    expect(ready.body).toMatchObject({ status: 'error', error: { database: { status: 'down' } } });
    expect(live.status).toBe(200);
    expect(live.milliseconds).toBeLessThan(500);
    // Neither address nor driver is named to whoever may call a probe.
    expect(JSON.stringify([report.body, ready.body])).not.toMatch(/127\.0\.0\.1|ECONN|Mongo/);

    await services.mongo.restore();
    await untilStatus(api.url, '/health/ready', 200, healed);
  });

  it('Redis: /health says 503 within 2 s, ready stays 200 and tells it, and well again by itself', async () => {
    await harm(services, 'redis');
    const [report, ready] = await Promise.all([
      probeWithin(told, api.url, '/health'),
      probeWithin(told, api.url, '/health/ready'),
    ]);
    expect(report.status).toBe(503);
    expect(report.milliseconds).toBeLessThan(told);
    expect(report.body).toMatchObject({
      checks: { database: { status: 'up' }, redis: { status: 'down' }, queue: { status: 'down' } },
    });
    expect(ready.status).toBe(200);
    expect(ready.milliseconds).toBeLessThan(told);
    expect(ready.body).toMatchObject({ status: 'degraded', details: { redis: { status: 'degraded' } } });

    await services.redis.restore();
    await untilStatus(api.url, '/health', 200, healed);
  });
});

describe('many probes at once', () => {
  it('does not pile up on a frozen database and still answers everybody', async () => {
    await probe(api.url, '/health/ready');
    const before = services.mongo.connections;
    services.mongo.freeze();
    for (let wave = 0; wave < 2; wave++) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => probe(api.url, '/health/ready')));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      // More than for one probe: the hundred callers share this process with the API. One by one they took minutes.
      expect(Math.max(...answers.map(({ milliseconds }) => milliseconds))).toBeLessThan(told + 8_000);
    }
    // Two hundred probes, two questions, and the poll of the signals, which asks anew every few seconds.
    expect(services.mongo.connections - before).toBeLessThanOrEqual(6);
  });
});
