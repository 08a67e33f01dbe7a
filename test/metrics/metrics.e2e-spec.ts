import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';

const token = 'a-scraper-holds-these-40-characters-only';
const authorization = `Bearer ${token}`;

describe('GET /metrics without a token', () => {
  let api: RunningApi;
  let client: Client;
  beforeAll(async () => {
    api = await startApi();
    client = await api.asAdministrator();
  });
  afterAll(() => api.close());

  it('counts and times requests by route pattern, never by URL', async () => {
    const nobody = '665f1c2e9b1e8a0012345678';
    await client.get(`/api/users/${nobody}`);
    await client.get('/api/nothing/here?secret=1');
    await client.get('/api/users/me');
    await client.get('/api/users/me');

    const { status, text, headers } = await api.client.get('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).toContain('http_requests_total{method="GET",route="/api/users/:id",status="404"} 1');
    expect(text).toContain('http_requests_total{method="GET",route="none",status="404"} 1');
    expect(text).toContain('http_requests_total{method="GET",route="/api/users/me",status="200"} 2');
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/api/users/me"} 2');
    expect(text).not.toContain(nobody);
    expect(text).not.toContain('secret');
    for (const name of ['http_requests_in_flight', 'nodejs_eventloop_lag_seconds', 'cache_hits_total']) {
      expect(text).toContain(`# TYPE ${name} `);
    }
  });

  it('is a flat map of numbers for who asks for JSON', async () => {
    const { body } = await api.client.get('/metrics', { headers: { accept: 'application/json' } });
    expect(body).toMatchObject({
      http_requests_total: expect.any(Number),
      http_200_total: expect.any(Number),
      http_404_total: 2,
      http_request_duration_ms: expect.any(Number),
    });
    expect(Object.values(body).every((value) => typeof value === 'number')).toBe(true);
    expect(Number(body.http_request_duration_ms)).toBeGreaterThan(0);
  });

  it('stays on this machine: a request that came through a proxy is refused', async () => {
    for (const header of ['x-forwarded-for', 'forwarded']) {
      const { status, body } = await api.client.get('/metrics', { headers: { [header]: '203.0.113.9' } });
      expect([status, body.code]).toEqual([403, 'LOOPBACK_ONLY']);
    }
  });
});

describe('GET /metrics with METRICS_TOKEN', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi({ METRICS_TOKEN: token });
  });
  afterAll(() => api.close());

  it.each([
    ['the token', { authorization }, 200],
    ['nothing', {}, 401],
    ['another token', { authorization: `${authorization}x` }, 401],
    ["a user's credentials", { 'x-api-key': token }, 401],
  ])('answers %s with %s -> %i', async (_, headers, expected) => {
    const { status, text } = await api.client.get('/metrics', { headers });
    expect(status).toBe(expected);
    if (expected === 401) expect(JSON.parse(text).code).toBe('METRICS_TOKEN_REQUIRED');
    else expect(text).toContain('process_cpu_seconds_total');
  });
});
