import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';

const ours = 'https://app.example.com';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi({ CORS_ORIGINS: `${ours},https://admin.example.com` });
});
afterAll(() => api?.close());

function preflight(origin: string, method: string) {
  const headers = {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type,if-match',
  };
  return api.client.call('OPTIONS', '/api/users/000000000000000000000000', { headers });
}

describe('a browser of another origin', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('may %s when its origin is listed', async (method) => {
    const reply = await preflight(ours, method);
    expect(reply.status).toBe(204);
    expect(reply.headers.get('access-control-allow-origin')).toBe(ours);
    expect(reply.headers.get('access-control-allow-credentials')).toBe('true');
    expect(reply.headers.get('access-control-allow-methods')?.split(', ')).toContain(method);
    expect(reply.headers.get('access-control-allow-headers')).toContain('if-match');
    expect(reply.headers.get('x-request-id')).not.toBeNull();
  });

  it.each(['https://app.example.com.evil.test', 'http://app.example.com', 'null'])(
    'is told nothing when it is %s',
    async (origin) => {
      for (const reply of [
        await preflight(origin, 'GET'),
        await api.client.get('/health/ready', { headers: { origin } }),
      ]) {
        expect(reply.headers.get('access-control-allow-origin')).toBeNull();
        expect(reply.headers.get('vary')).toContain('Origin');
      }
    },
  );

  it('can read the answers, also the failures', async () => {
    const reply = await api.client.get('/api/nothing', { headers: { origin: ours } });
    expect(reply.status).toBe(404);
    expect(reply.headers.get('access-control-allow-origin')).toBe(ours);
    expect(reply.headers.get('access-control-expose-headers')).toContain('X-Request-ID');
  });

  it('gets no words of a library for an OPTIONS that is no preflight', async () => {
    const reply = await api.client.call('OPTIONS', '/api/users');
    expect(reply.text).toBe('');
    expect(reply.status).toBe(204);
    expect(reply.headers.get('x-request-id')).not.toBeNull();
  });
});
