import { afterEach, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import { probe, probeWithin, proxiedServices, untilStatus, type ProxiedServices } from './proxied.js';

let services: ProxiedServices | undefined;
let api: RunningApi | undefined;

afterEach(async () => {
  await services?.mongo.restore();
  await api?.close();
  await services?.close();
});

describe('an API that starts before its services', () => {
  it('lives, is not ready, and gets ready by itself once the database is there', async () => {
    services = await proxiedServices({ open: false });
    await services.redis.restore();
    api = await startApi(services.settings, { untilReady: false });

    expect((await probe(api.url, '/health/live')).status).toBe(200);
    const away = await probeWithin(2_000, api.url, '/health/ready');
    expect(away.status).toBe(503);
    expect(away.milliseconds).toBeLessThan(2_000);
    expect(away.body).toMatchObject({
      status: 'error',
      error: { database: { status: 'down' }, startup: { status: 'down' } },
    });

    await services.mongo.restore();
    const ready = await untilStatus(api.url, '/health/ready', 200, 20_000);
    expect(ready.body.details?.startup).toEqual({ status: 'up' });
    await api.asAdministrator();
  });

  it('is ready without Redis and says so', async () => {
    services = await proxiedServices({ open: false });
    await services.mongo.restore();
    api = await startApi(services.settings);

    const ready = await untilStatus(api.url, '/health/ready', 200, 20_000);
    expect(ready.body).toMatchObject({ status: 'degraded', details: { redis: { status: 'degraded' } } });
    expect((await probe(api.url, '/health')).status).toBe(503);

    await services.redis.restore();
    await untilStatus(api.url, '/health', 200, 20_000);
  });
});
