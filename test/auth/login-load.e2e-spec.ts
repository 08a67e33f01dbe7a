import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, startApi, type RunningApi } from '../support/app.js';

describe('logins at a real cost', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi({ BCRYPT_COST: '11' });
  });
  afterAll(() => api.close());

  const login = (email: string, password: string) => api.client.post('/api/auth/login', { email, password });

  it('take as long for an unknown address as for a wrong password', async () => {
    const timeOf = async (email: string): Promise<number> => {
      const start = performance.now();
      expect((await login(email, 'Wrong-Horse-7-Battery')).status).toBe(401);
      return performance.now() - start;
    };
    let [known, unknown] = [Infinity, Infinity];
    // The best of each: whatever else the machine does only adds.
    for (let i = 0; i < 6; i += 1) {
      known = Math.min(known, await timeOf(administrator.email));
      unknown = Math.min(unknown, await timeOf(`nobody-${i}@nexus.test`));
    }
    // Without the comparison it would be a tenth.
    expect(unknown).toBeGreaterThan(known / 2);
    expect(unknown).toBeLessThan(known * 2);
  });

  it('are refused with a time to come back when more arrive than can be checked, and probes go on', async () => {
    const logins = Array.from({ length: 60 }, () => login(administrator.email, administrator.password));
    const probe = await api.client.get('/health/live');
    expect(probe.status).toBe(200);

    const replies = await Promise.all(logins);
    const refused = replies.filter((reply) => reply.status === 503);
    const accepted = replies.filter((reply) => reply.status === 200);
    expect(accepted.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    expect(accepted.length + refused.length).toBe(60);
    for (const reply of refused) {
      expect(reply.body).toMatchObject({ success: false, code: 'BUSY' });
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await login(administrator.email, administrator.password)).status).toBe(200);
  });
});
