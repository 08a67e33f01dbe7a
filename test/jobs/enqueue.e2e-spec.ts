import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { administrator as administratorLogin, startApi, type RunningApi } from '../support/app.js';
import type { Client, Json } from '../support/client.js';
import { MailServer } from '../support/mail-server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { startWorker, until, useIsolatedSettings, userWith, type RunningContext } from './support.js';

const mail = { to: 'grace@example.com', subject: 'Hello', body: 'Between <us>' };
const idPattern = /^[0-9a-f]{24}$/;

describe('POST /api/queues/:queue/jobs', () => {
  let redis: TcpProxy;
  let mails: MailServer;
  let api: RunningApi;
  let worker: RunningContext | undefined;
  let administrator: Client;

  beforeAll(async () => {
    const { hostname, port, pathname } = new URL(inject('redisUrl'));
    redis = await TcpProxy.to(hostname, Number(port));
    mails = await MailServer.start();
    const settings = useIsolatedSettings({
      REDIS_URL: `redis://127.0.0.1:${redis.port}${pathname}`,
      SMTP_URL: mails.url,
      JOB_RETRY_LADDER: Array.from({ length: 20 }, () => '500ms').join(),
    });
    api = await startApi(settings);
    administrator = await api.asAdministrator();
  });

  afterAll(async () => {
    await worker?.[Symbol.asyncDispose]();
    await api.close();
    await mails[Symbol.asyncDispose]();
    delete process.env['SMTP_URL'];
    await redis.close();
  });

  const enqueue = (queue: string, body: object, client = administrator) =>
    client.post(`/api/queues/${queue}/jobs`, body);

  async function inState(state: string, queue: string, id: unknown): Promise<Json> {
    let job: Json = {};
    await until(`the job is ${state}`, async () => {
      job = (await administrator.get(`/api/queues/${queue}/jobs/${String(id)}`)).body.data ?? {};
      return String(job.state) === state;
    });
    return job;
  }

  const completed = (queue: string, id: unknown): Promise<Json> => inState('completed', queue, id);

  it('accepts each public type, also while Redis is away, and the worker does what it says', async () => {
    await redis.cut();
    const sent = await enqueue('email', { name: 'send-email', data: mail, priority: 'HIGH' });
    expect([sent.status, sent.body]).toEqual([
      202,
      {
        statusCode: 202,
        message: 'Job accepted',
        success: true,
        data: {
          id: expect.stringMatching(idPattern),
          status: { status: 'pending', queuedAt: expect.stringMatching(/Z$/) },
        },
      },
    ]);
    const items = Array.from({ length: 250 }, (_, index) => ({ index }));
    const processed = await enqueue('data-processing', { name: 'process-items', data: { items } });
    expect(processed.status).toBe(202);
    await redis.restore();

    worker = await startWorker();
    const job = await completed('email', sent.body.data?.id);
    expect(job.data).toEqual({ to: mail.to, subject: mail.subject });
    const [received, ...others] = mails.to(mail.to);
    expect(others).toEqual([]);
    expect(received?.text).toMatch(/To: grace@example\.com[\s\S]*Subject: Hello[\s\S]*Between <us>/);
    expect(received?.text).toContain(`Message-ID: <${String(sent.body.data?.id)}@nexus>`);

    const { status } = await completed('data-processing', processed.body.data?.id);
    expect(status).toMatchObject({ status: 'completed', result: { processed: 250 } });
    const connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
    expect(await connection.collection('processedItems').countDocuments()).toBe(250);
  });

  it('mails the weekly report to the administrators', async () => {
    const accepted = await enqueue('reports', { name: 'weekly-report', data: { type: 'weekly' } });
    const { status } = await completed('reports', accepted.body.data?.id);
    expect(status?.result).toMatchObject({
      users: [{ role: 'admin', status: 'active', users: 1 }],
      failures: [],
      recipients: 1,
    });
    const [report] = mails.to(administratorLogin.email);
    expect(report?.text).toContain('Subject: Weekly report');
    expect(report?.text).toContain('<td>admin</td><td>active</td><td>1</td>');
  });

  it('delivers a mail once the mail server is back', async () => {
    await mails.wire.cut();
    const data = { ...mail, to: 'later@example.com' };
    const { body } = await enqueue('email', { name: 'send-email', data });
    const { status } = await inState('failed', 'email', body.data?.id);
    expect(status?.error).toContain('ECONNREFUSED');
    await mails.wire.restore();
    await completed('email', body.data?.id);
    expect(mails.to(data.to).map(({ text }) => /^Message-ID: (.*)\r$/m.exec(text)?.[1])).toEqual([
      `<${String(body.data?.id)}@nexus>`,
    ]);
  });

  it('tries a mail again that the server does not want now, and none that it never wants', async () => {
    mails.refused.set('busy@example.com', 450).set('nobody@example.com', 550);
    const send = async (to: string) =>
      (await enqueue('email', { name: 'send-email', data: { ...mail, to } })).body.data?.id;
    const [busy, never] = [await send('busy@example.com'), await send('nobody@example.com')];
    await inState('failed', 'email', busy);
    mails.refused.delete('busy@example.com');
    await completed('email', busy);
    expect(mails.to('busy@example.com')).toHaveLength(1);

    await inState('dead', 'email', never);
    const letter = await administrator.get(`/api/dead-letters/${String(never)}`);
    expect(letter.body.data).toMatchObject({
      originalJob: { data: { to: 'nobody@example.com', subject: mail.subject }, attemptsMade: 1 },
      error: { message: expect.stringContaining('550') },
    });
    expect(letter.text).not.toContain(mail.body);
    expect(mails.to('nobody@example.com')).toEqual([]);
  });

  it.each<[string, string, object, number, string, string[]]>([
    ['an unknown queue', 'nothing', { name: 'send-email', data: mail }, 404, 'QUEUE_NOT_FOUND', []],
    ['an unknown name', 'email', { name: 'send-fax', data: {} }, 400, 'UNKNOWN_JOB_TYPE', ['name']],
    [
      'a type of another queue',
      'reports',
      { name: 'send-email', data: mail },
      400,
      'UNKNOWN_JOB_TYPE',
      ['name'],
    ],
    ['an internal type', 'email', { name: 'account-mail', data: {} }, 403, 'JOB_TYPE_INTERNAL', ['name']],
    [
      'a payload that does not fit',
      'email',
      { name: 'send-email', data: { to: 'grace', subject: 'Hello', more: 1 } },
      400,
      'INVALID_JOB_DATA',
      ['data.body', 'data.more', 'data.to'],
    ],
    ['no payload', 'email', { name: 'send-email' }, 400, 'VALIDATION_FAILED', ['data']],
    [
      'a payload over 256 kB',
      'data-processing',
      { name: 'process-items', data: { items: ['x'.repeat(256 * 1024)] } },
      413,
      'JOB_TOO_LARGE',
      [],
    ],
    [
      'an unknown priority',
      'email',
      { name: 'send-email', data: mail, priority: 'URGENT' },
      400,
      'VALIDATION_FAILED',
      ['priority'],
    ],
    [
      'a time without zone',
      'email',
      { name: 'send-email', data: mail, runAt: '2099-01-01T00:00' },
      400,
      'VALIDATION_FAILED',
      ['runAt'],
    ],
    [
      'a time and a delay',
      'email',
      { name: 'send-email', data: mail, runAt: '2099-01-01T00:00:00Z', delay: 1 },
      400,
      'VALIDATION_FAILED',
      ['delay'],
    ],
    [
      'a time too far ahead',
      'email',
      { name: 'send-email', data: mail, runAt: '2099-01-01T00:00:00Z' },
      400,
      'INVALID_RUN_TIME',
      ['runAt'],
    ],
    [
      'a negative delay',
      'email',
      { name: 'send-email', data: mail, delay: -1 },
      400,
      'VALIDATION_FAILED',
      ['delay'],
    ],
  ])('refuses %s', async (_, queue, body, status, code, paths) => {
    const reply = await enqueue(queue, body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    const { errors } = reply.body;
    const found = (Array.isArray(errors) ? errors : []).map(({ path }) => String(path));
    expect([...new Set(found)].toSorted()).toEqual(paths);
  });

  it('refuses a time in the past', async () => {
    const runAt = new Date(Date.now() - 1_000).toISOString();
    const reply = await enqueue('email', { name: 'send-email', data: mail, runAt });
    expect([reply.status, reply.body.message]).toEqual([400, 'Cannot schedule job in the past']);
  });

  it('needs queues:enqueue, and what the type asks for', async () => {
    const order = { name: 'weekly-report', data: { type: 'weekly' } };
    const reader = await userWith(administrator, 'reader', ['queues:read']);
    expect((await enqueue('email', { name: 'send-email', data: mail }, reader)).status).toBe(403);
    const enqueuer = await userWith(administrator, 'enqueuer', ['queues:enqueue']);
    const refused = await enqueue('reports', order, enqueuer);
    expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
    expect((await enqueue('email', { name: 'send-email', data: mail }, enqueuer)).status).toBe(202);
  });

  it('is documented with one body a type', async () => {
    const { body } = await api.client.get('/docs/openapi.json');
    const post = body.paths?.['/api/queues/{queue}/jobs']?.post;
    const variants = post?.requestBody?.content?.['application/json']?.schema?.oneOf;
    const names = (Array.isArray(variants) ? variants : []).map(({ title }) => String(title));
    expect(names.toSorted()).toEqual(['process-items', 'send-email', 'weekly-report']);
    expect(body.components?.schemas?.SendEmailPayload?.required).toEqual(['to', 'subject', 'body']);
  });
});
