import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';
import { startWorker, until, useIsolatedSettings, type RunningContext } from './support.js';

describe('GET /api/queues/:queue/jobs/:id', () => {
  let api: RunningApi;
  let worker: RunningContext;
  let administrator: Client;
  let userId: string;
  let jobId: string;

  beforeAll(async () => {
    const settings = useIsolatedSettings();
    api = await startApi(settings);
    administrator = await api.asAdministrator();
    const invited = { email: 'ada@example.com', name: 'Ada' };
    const reply = await administrator.post('/api/users', invited, {
      headers: { 'x-request-id': 'invite-1' },
    });
    userId = String(reply.body.data?.id);
    const connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
    const job = await connection.collection('jobs').findOne({ name: 'account-mail' });
    jobId = String(job?._id);
  });

  afterAll(async () => {
    await worker?.[Symbol.asyncDispose]();
    await api.close();
  });

  it('shows the invitation waiting, then done', async () => {
    const path = `/api/queues/email/jobs/${jobId}`;
    const waiting = await administrator.get(path);
    expect(waiting.status).toBe(200);
    expect(waiting.body).toEqual({
      statusCode: 200,
      message: 'Job found',
      success: true,
      data: {
        id: jobId,
        queue: 'email',
        name: 'account-mail',
        state: 'pending',
        progress: 0,
        data: { template: 'invitation', userId, requestId: 'invite-1' },
        status: { status: 'pending', queuedAt: expect.stringMatching(/Z$/) },
      },
    });

    worker = await startWorker();
    await until('the job is completed', async () => {
      const reply = await administrator.get(path);
      return String(reply.body.data?.state) === 'completed';
    });
    expect((await administrator.get(path)).body.data).toMatchObject({
      state: 'completed',
      progress: 100,
      status: { status: 'completed', completedAt: expect.stringMatching(/Z$/), result: null },
    });
  });

  it.each([
    ['another queue', '/api/queues/reports/jobs/ID', 404, 'JOB_NOT_FOUND'],
    ['an unknown queue', '/api/queues/nothing/jobs/ID', 404, 'QUEUE_NOT_FOUND'],
    ['an unknown job', '/api/queues/email/jobs/665f1c2e9b1e8a0012345678', 404, 'JOB_NOT_FOUND'],
    ['something that is no id', '/api/queues/email/jobs/7', 400, 'INVALID_ID'],
  ])('refuses %s', async (_, path, status, code) => {
    const reply = await administrator.get(path.replace('ID', jobId));
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  it('refuses nobody in particular', async () => {
    expect((await api.client.get(`/api/queues/email/jobs/${jobId}`)).status).toBe(401);
  });
});
