import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { getConnectionToken } from '@nestjs/mongoose';
import { AuditService } from '../../src/modules/audit/audit.service.js';
import { startApi, type RunningApi } from '../support/app.js';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

it('an act whose caller hangs up is still told of who did it', async () => {
  const login = await api.client.post('/api/auth/login', {
    email: 'admin@nexus.test',
    password: 'Correct-Horse-7-Battery',
  });
  const token = String(login.body.data?.accessToken);
  // The entry is written after the caller has gone, and after the process has seen it.
  const audit = api.app.get(AuditService, { strict: false });
  const record = audit.record.bind(audit);
  const port = Number(new URL(api.url).port);
  const body = JSON.stringify({ name: 'short-lived', permissions: [] });
  const socket = connect(port, '127.0.0.1');
  vi.spyOn(audit, 'record').mockImplementationOnce(async (...act) => {
    socket.destroy();
    await vi.waitFor(async () => {
      const { text } = await api.client.get('/metrics');
      // This very scrape is the only request that is left.
      expect(text).toContain('http_requests_in_flight 1');
    });
    return record(...act);
  });
  socket.write(
    `POST /api/roles HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nX-Request-ID: hung-up\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );

  const entries = api.app.get(getConnectionToken(), { strict: false }).collection('auditEntries');
  await vi.waitFor(
    async () =>
      expect(await entries.findOne({ action: 'role.created' })).toMatchObject({
        actor: { type: 'user' },
        requestId: 'hung-up',
      }),
    { timeout: 10_000 },
  );
});
