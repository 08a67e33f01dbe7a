import { randomBytes } from 'node:crypto';
import type { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueueRedis } from '../../src/infrastructure/redis/queue-redis.js';
import { Queues } from '../../src/jobs/queues.js';
import { makeKey } from '../api-keys/keys.js';
import { proxiedServices, type ProxiedServices } from '../health/proxied.js';
import { userWith } from '../jobs/support.js';
import { Browser } from '../sessions/browser.js';
import { administrator, startApi, type RunningApi } from '../support/app.js';
import type { Client, Reply } from '../support/client.js';
import { fastest } from '../support/fastest.js';

const board = '/admin/queues';
const secret = `secret-${randomBytes(8).toString('hex')}`;

function outcome({ status, body }: Reply): [number, unknown] {
  return [status, body.code];
}

describe('the board', () => {
  let api: RunningApi;
  let client: Client;
  let queue: Queue;
  let jobId: string;

  beforeAll(async () => {
    api = await startApi();
    client = await api.asAdministrator();
    // As if something had put more into Redis than may be shown: the relay does not.
    queue = api.app.get(Queues, { strict: false }).get('email');
    const job = await queue.add('send-email', { to: 'ada@nexus.test', subject: 'Hello', body: secret });
    jobId = String(job.id);
    await api.app.get(QueueRedis, { strict: false }).producer.hset(queue.toKey(jobId), {
      stacktrace: JSON.stringify([`Error: no\n    at ${secret}`]),
      returnvalue: JSON.stringify({ subject: 'Hello', token: secret }),
    });
  });
  afterAll(() => api?.close());

  it.each(['', '/', '/queue/email', '/static/images/logo.svg', '/api/queues'])(
    'lets nobody in who may not read the queues: %s',
    async (path) => {
      const anonymous = await api.client.get(board + path);
      expect(outcome(anonymous)).toEqual([401, 'UNAUTHENTICATED']);
      expect(anonymous.headers.get('x-request-id')).toBe(anonymous.body.requestId);
      expect(anonymous.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    },
  );

  it('is for logins that hold queues:read, not for others and not for API keys', async () => {
    const reader = await userWith(client, 'looks', ['queues:read']);
    expect((await reader.get(`${board}/api/queues`)).status).toBe(200);
    const other = await userWith(client, 'looks-elsewhere', ['users:read', 'queues:enqueue']);
    expect(outcome(await other.get(board))).toEqual([403, 'FORBIDDEN']);
    expect(outcome(await other.get(`${board}/api/queues`))).toEqual([403, 'FORBIDDEN']);
    const key = await makeKey(client, { permissions: ['queues:read'] });
    expect(outcome(await key.get(board))).toEqual([403, 'SESSION_REQUIRED']);
    expect(outcome(await key.get(`${board}/api/queues`))).toEqual([403, 'SESSION_REQUIRED']);
  });

  it('opens for the cookies of a browser, and closes with its session', async () => {
    const browser = new Browser(api.url);
    await browser.login(administrator);
    const page = await browser.get(board, { accept: 'text/html' });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('<base href="/admin/queues/" />');
    expect(page.text).not.toMatch(/https?:\/\/|<%/);
    const policy = String(page.headers.get('content-security-policy'));
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
    for (const [, asset = ''] of page.text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)) {
      const { status, headers } = await browser.get(`${board}/${asset}`);
      expect([asset, status]).toEqual([asset, 200]);
      expect(headers.get('cache-control')).toMatch(/^private, /);
    }
    await browser.write('POST', '/api/auth/logout');
    expect(outcome(await browser.get(board))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('shows of a job what REST shows, and no stack', async () => {
    const list = await client.get(
      `${board}/api/queues?activeQueue=email&status=latest&page=1&jobsPerPage=10`,
    );
    expect(list.status).toBe(200);
    expect(list.headers.get('cache-control')).toBe('no-store');
    expect(list.text).toContain('ada@nexus.test');
    const readOnly = { readOnlyMode: true, allowRetries: false, allowCompletedRetries: false };
    const queues = ['email', 'data-processing', 'reports'].map((name) => ({ name, ...readOnly }));
    expect(list.body.queues).toEqual(
      expect.arrayContaining(queues.map((expected) => expect.objectContaining(expected))),
    );
    expect(list.text).not.toContain('"readOnlyMode":false');
    const one = await client.get(`${board}/api/queues/email/${jobId}`);
    expect(one.body.job).toMatchObject({
      data: { to: 'ada@nexus.test', subject: 'Hello' },
      returnValue: { subject: 'Hello' },
      stacktrace: [],
    });
    const others = ['logs', 'flow'].map((what) => client.get(`${board}/api/queues/email/${jobId}/${what}`));
    for (const reply of [list, one, ...(await Promise.all(others))]) {
      expect(reply.status).toBe(200);
      expect(reply.text).not.toContain(secret);
    }
  });

  it.each([
    ['PUT', '/api/queues/pause'],
    ['PUT', '/api/queues/resume'],
    ['POST', '/api/queues/email/add'],
    ['PUT', '/api/queues/email/retry/failed'],
    ['PUT', '/api/queues/email/promote'],
    ['PUT', '/api/queues/email/clean/completed'],
    ['PUT', '/api/queues/email/pause'],
    ['PUT', '/api/queues/email/concurrency'],
    ['PUT', '/api/queues/email/rate-limit'],
    ['PUT', '/api/queues/email/empty'],
    ['PUT', '/api/queues/email/obliterate'],
    ['PUT', '/api/queues/email/job/retry'],
    ['PUT', '/api/queues/email/job/clean'],
    ['PATCH', '/api/queues/email/job/update-data'],
    ['POST', '/api/queues/pause'],
    ['DELETE', '/api/queues/email/job'],
  ])('has nothing that changes anything: %s %s', async (method, path) => {
    const target = board + path.replace('/job', `/${jobId}`);
    const { status } = await client.call(method, target, { body: { name: 'x', data: {}, jobData: {} } });
    expect([404, 405]).toContain(status);
    expect(await queue.isPaused()).toBe(false);
    expect(await queue.getJobCountByTypes('wait', 'prioritized', 'delayed')).toBe(1);
    const read = await client.call('GET', target);
    expect([200, 404]).toContain(read.status);
    expect(await queue.isPaused()).toBe(false);
  });

  it.each([
    ['/api/queues/nothing/1', 404],
    [`/api/queues/email/nothing`, 404],
    ['/api/redis/stats', 404],
    ['/api/nothing', 404],
    ['/nothing', 404],
    ['/static/../package.json', 404],
    ['/static/%2e%2e/index.ejs', 404],
    ['/static/..%2findex.ejs', 404],
    ['/static/%252e%252e%252findex.ejs', 404],
    ['/queue/%25zz', 404],
    ['/api/queues/%25zz/1', 404],
    ['/api/queues?page=no', 400],
    ['/api/queues?page=1&page=2', 400],
    ['/api/queues?activeQueue=email&status=latest&page=1&jobsPerPage=101', 400],
    ['/api/queues?activeQueue=email&status=latest&page=1&jobsPerPage=1e6', 400],
    ['/api/queues?activeQueue=%25zz', 400],
    ['/api/job-schedulers?queueName=%25', 400],
    ['/api/queues?activeQueue=email&status=nothing&page=1', 400],
    ['/api/queues?activeQueue=email&status=__proto__&page=1', 400],
  ])('answers what it does not know in the envelope: %s', async (path, expected) => {
    const { status, body } = await client.get(board + path);
    expect([status, body.success]).toEqual([expected, false]);
  });

  it('shows as many jobs at once as REST lists', async () => {
    const list = `${board}/api/queues?activeQueue=email&status=latest&page=1`;
    expect((await client.get(`${list}&jobsPerPage=100`)).status).toBe(200);
  });

  it('shows its pages by their paths, for a browser that loads one again', async () => {
    for (const path of ['', '/', `/queue/email`, `/queue/email/${jobId}?x=1`, '/job-schedulers'])
      expect([path, (await client.get(board + path)).status]).toEqual([path, 200]);
  });
});

describe('the board without Redis', () => {
  let services: ProxiedServices;
  let api: RunningApi;
  let client: Client;
  beforeAll(async () => {
    services = await proxiedServices();
    api = await startApi(services.settings);
    client = await api.asAdministrator();
  });
  afterAll(async () => {
    await services?.redis.restore();
    await api?.close();
    await services?.close();
  });

  it('says so at once or within a second, and heals by itself', async () => {
    const ask = () => client.get(`${board}/api/queues`);
    const refusedSoon = async () => {
      const took = await fastest(1_900, async () =>
        expect(outcome(await ask())).toEqual([503, 'QUEUES_UNAVAILABLE']),
      );
      expect(took).toBeLessThan(1_900);
    };
    expect((await ask()).status).toBe(200);
    services.redis.freeze();
    for (let n = 0; n < 3; n += 1) await refusedSoon();
    expect((await client.get(board)).status).toBe(200);
    services.redis.thaw();
    await expect.poll(async () => (await ask()).status, { timeout: 20_000, interval: 100 }).toBe(200);

    await services.redis.cut();
    await refusedSoon();
    await services.redis.restore();
    await expect.poll(async () => (await ask()).status, { timeout: 20_000, interval: 100 }).toBe(200);
  });
});
