import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import type { Reply } from '../support/client.js';
import { MailServer } from '../support/mail-server.js';
import type { Program } from '../support/program.js';
import { Ground, until } from './support/ground.js';
import { Listener } from './support/listener.js';

const secret = 'for-the-eyes-of-ada-only';
const nobody = 'nobody@example.com';

const logOf = ({ lines, errorOutput }: Program): string =>
  lines.map((line) => JSON.stringify(line)).join('\n') + errorOutput;

it('what a type of job does not show is in no answer, no stream, no log, not in Redis and in no alert', async () => {
  await using mails = await MailServer.start();
  mails.refused.set(nobody, 550).set('busy@example.com', 450);
  await using ground = await Ground.over({}, { LOG_LEVEL: 'trace', SMTP_URL: mails.url });
  const { admin, program, url } = await ground.api();
  const worker = await ground.worker();
  const login = await admin.post('/api/auth/login', {
    email: ground.settings['ADMIN_EMAIL'],
    password: ground.settings['ADMIN_PASSWORD'],
  });
  const headers = { authorization: `Bearer ${String(login.body.data?.accessToken)}` };

  const answers: Reply[] = [];
  const ask = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const reply = await admin.call(method, path, { body });
    answers.push(reply);
    return reply;
  };
  const send = async (to: string, more: object = {}): Promise<string> => {
    const data = { to, subject: 'Hello', body: secret };
    const { status, body } = await ask('POST', '/api/queues/email/jobs', {
      name: 'send-email',
      data,
      ...more,
    });
    expect(status).toBe(202);
    return String(body.data?.id);
  };
  const rowOf = (state: string) =>
    ground.database.collection('jobs').countDocuments({ name: 'send-email', state });

  const sent = await send('ada@example.com', { delay: 1_000 });
  const listener = new Listener(() => `${url}/api/queues/email/jobs/${sent}/events`, headers);
  const dead = await send(nobody);
  const failing = await send('busy@example.com');
  const later = await send('bob@example.com', { delay: 3_600_000 });
  await until(
    'one is done and two are dead',
    async () => (await rowOf('done')) === 1 && (await rowOf('dead')) === 2,
  );
  await until('the stream has ended', () => listener.isOver);
  await until('the administrator is told', () => mails.to(String(ground.settings['ADMIN_EMAIL'])).length > 0);

  // Refused, in each of the ways in which a payload can be.
  const bad = [
    { name: 'send-email', data: { to: secret, subject: 'Hello', body: `${secret}\u0000`, more: secret } },
    { name: 'send-email', data: { to: nobody, subject: 'Hello', body: secret.repeat(20_000) } },
    {
      name: 'send-email',
      data: { to: nobody, subject: 'Hello', body: secret },
      runAt: '2001-01-01T00:00:00Z',
    },
  ];
  for (const body of bad)
    expect((await ask('POST', '/api/queues/email/jobs', body)).status).toBeGreaterThan(399);
  const hourly = {
    every: 3_600_000,
    name: 'send-email',
    data: { to: nobody, subject: 'Hello', body: secret },
  };
  expect((await ask('PUT', '/api/queues/email/schedules/hourly', hourly)).status).toBe(200);

  for (const path of [
    '/api/queues',
    '/api/queues/email/jobs?limit=100',
    ...[sent, dead, failing, later].map((id) => `/api/queues/email/jobs/${id}`),
    '/api/queues/email/schedules',
    '/api/dead-letters?limit=100',
    `/api/dead-letters/${dead}`,
    `/api/dead-letters/${failing}`,
    '/api/audit?limit=100',
    ...['latest', 'completed', 'failed', 'delayed'].map(
      (status) => `/admin/queues/api/queues?activeQueue=email&status=${status}&page=1&jobsPerPage=50`,
    ),
    ...[sent, dead, failing, later].map((id) => `/admin/queues/api/queues/email/${id}-1`),
    `/admin/queues/api/queues/email/${dead}-1/logs`,
    '/metrics',
  ]) {
    expect([path, (await ask('GET', path)).status]).toEqual([path, 200]);
  }
  expect((await ask('DELETE', `/api/queues/email/jobs/${later}`)).status).toBe(200);
  expect((await ask('POST', `/api/dead-letters/${failing}/retry`)).status).toBe(200);
  await until('it is dead again', async () => (await rowOf('dead')) === 2);

  const kept = await ground.database.collection('jobs').findOne({ name: 'send-email', state: 'done' });
  const logs = [program, worker].map(logOf);
  const redis = await everythingInRedis(ground);
  const shown = answers.map(({ text }) => text).filter((text) => text.includes(nobody));
  ground.print('fields that are not shown', {
    accepted: 4,
    effects: mails.to('ada@example.com').length,
    duplicates: mails.to('ada@example.com').length - 1,
    answers: answers.length,
    logLines: program.lines.length + worker.lines.length,
    bytesInRedis: redis.length,
  });

  // It is where it belongs, and what is shown beside it is everywhere: the looks below do look at something.
  expect(kept?.data.body).toBe(secret);
  expect(mails.to('ada@example.com').map(({ text }) => text.includes(secret))).toEqual([true]);
  expect(shown.length).toBeGreaterThan(5);
  expect(redis).toContain(nobody);
  expect(logs[1]).toContain(dead);

  for (const { status, text } of answers)
    expect([status, text]).not.toEqual([status, expect.stringContaining(secret)]);
  expect(JSON.stringify(listener.events)).not.toContain(secret);
  for (const log of logs) expect(log).not.toContain(secret);
  expect(redis).not.toContain(secret);
  for (const { text } of mails.to(String(ground.settings['ADMIN_EMAIL']))) expect(text).not.toContain(secret);
});

/** All values under the prefix of the queues. */
async function everythingInRedis(ground: Ground): Promise<string> {
  const redis = new Redis(ground.settings['REDIS_URL'] ?? '');
  const values: unknown[] = [];
  for await (const keys of redis.scanStream({ match: `${ground.settings['QUEUE_PREFIX']}*`, count: 500 })) {
    for (const key of keys) {
      const type = await redis.type(key);
      if (type === 'hash') values.push(await redis.hgetall(key));
      else if (type === 'stream') values.push(await redis.xrange(key, '-', '+'));
      else if (type === 'string') values.push(await redis.get(key));
    }
  }
  redis.disconnect();
  return JSON.stringify(values);
}
