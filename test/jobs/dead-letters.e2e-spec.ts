import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobId } from '../../src/common/ids.js';
import { alertsConfig } from '../../src/config/alerts.config.js';
import { Metrics } from '../../src/infrastructure/telemetry/metrics.js';
import { deadLetterAlert } from '../../src/jobs/catalogue/dead-letter-alert.js';
import { JobProducer } from '../../src/jobs/job-producer.js';
import { JobsRepository } from '../../src/jobs/jobs.repository.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../src/jobs/worker/job-handler.js';
import { DeadLetterAlertHandler } from '../../src/modules/reports/worker/dead-letter-alert.handler.js';
import { AdministratorMails } from '../../src/modules/reports/worker/administrator-mails.js';
import type { Client, Json } from '../support/client.js';
import {
  connectionOf,
  itemsOf,
  startManagedApi,
  startWorker,
  testType,
  until,
  type ManagedApi,
  type RunningContext,
  type TestPayload,
} from './support.js';

const doomed = testType('test-doomed');

/** Fails for good until it is mended. */
@Injectable()
@JobHandler(doomed.name)
class DoomedHandler implements JobHandlerHost<TestPayload> {
  readonly runs: number[] = [];
  mended = false;

  async handle({ data }: RunningJob<TestPayload>): Promise<void> {
    if (!this.mended) throw new UnrecoverableError('no use');
    this.runs.push(data.number);
  }
}

describe('dead letters', () => {
  let api: ManagedApi;
  let worker: RunningContext;
  let administrator: Client;
  let handler: DoomedHandler;
  let dead: JobId[];

  beforeAll(async () => {
    api = await startManagedApi({ types: [doomed] });
    worker = await startWorker({ types: [doomed], providers: [DoomedHandler] });
    handler = worker.get(DoomedHandler);
    administrator = await api.asAdministrator();
    dead = await die([1, 2, 3, 4, 5, 6, 7]);
  });

  afterAll(async () => {
    await worker[Symbol.asyncDispose]();
    await api.close();
  });

  async function die(numbers: readonly number[]): Promise<JobId[]> {
    const ids: JobId[] = [];
    for (const number of numbers) {
      ids.push(await api.get(JobProducer).enqueue(doomed, { number, secret: 'not to be shown' }));
    }
    for (const id of ids) await untilState(id, 'dead');
    return ids;
  }

  async function untilState(id: JobId, state: string): Promise<void> {
    await until(`the job is ${state}`, async () => (await api.get(JobsRepository).find(id))?.state === state);
  }

  /** How many dead jobs of the queue the processes have told of. */
  async function toldOf(queue: string): Promise<number> {
    const texts = [api, worker].map(async (process) => process.get(Metrics).registry.metrics());
    const counter = new RegExp(`dead_letters_total\\{queue="${queue}"\\} (\\d+)`, 'g');
    const told = (await Promise.all(texts)).join('\n').matchAll(counter);
    return [...told].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  const idOf = (index: number): JobId => {
    const id = dead[index];
    if (id === undefined) throw new Error('no such job');
    return id;
  };

  it('are listed, the last first, filtered, and shown without what must not be shown', async () => {
    const all = await administrator.get('/api/dead-letters?limit=100');
    expect(
      itemsOf(all)
        .map(({ id }) => String(id))
        .toSorted(),
    ).toEqual([...dead].toSorted());
    expect(all.body.pagination).toMatchObject({ totalItems: 7 });
    expect(all.text).not.toContain('not to be shown');
    const letter = await administrator.get(`/api/dead-letters/${idOf(0)}`);
    expect(letter.body.data).toEqual({
      id: idOf(0),
      queue: 'email',
      originalJob: { id: idOf(0), name: 'test-doomed', data: { number: 1 }, attemptsMade: 1 },
      error: { message: 'no use', stack: expect.stringContaining('DoomedHandler') },
      failedAt: expect.stringMatching(/Z$/),
    });
    const count = async (query: string) =>
      itemsOf(await administrator.get(`/api/dead-letters?${query}`)).length;
    expect([
      await count('queue=email&name=test-doomed'),
      await count('queue=reports'),
      await count('name=other'),
    ]).toEqual([7, 0, 0]);
  });

  it('are told of once: in a counter, and by a mail to each administrator', async () => {
    const folder = process.env['MAIL_FOLDER'] ?? '';
    let mails: string[] = [];
    await until('the mail is out', () => {
      mails = readMails(folder).filter((mail) => /^Subject: \d+ jobs? failed for good/m.test(mail));
      return mails.length > 0;
    });
    expect(mails[0]).toContain('test-doomed');
    expect(mails[0]).not.toContain('not to be shown');
    expect(await api.get(Metrics).registry.metrics()).toMatch(
      /jobs_ledger\{queue="email",state="dead"\} \d+[\s\S]*jobs_ledger_oldest_seconds\{queue="email",state="dead"\} \d/,
    );
    expect(await toldOf('email')).toBeGreaterThan(0);
  });

  it('are told of though another queue has more of them than anybody can be told of now', async () => {
    const jobs = connectionOf(worker).collection('jobs');
    const flood = { state: 'flood', name: doomed.name, unalerted: true };
    await jobs.insertMany(Array.from({ length: 600 }, () => ({ ...flood, queue: 'email' })));
    await jobs.insertOne({ ...flood, queue: 'reports' });
    await until('it is told of', async () => (await toldOf('reports')) > 0);
    expect(await toldOf('reports')).toBe(1);
    await jobs.deleteMany({ state: 'flood' });
  });

  it('run once again, though two operators press at once', async () => {
    handler.mended = true;
    const id = idOf(0);
    const path = `/api/dead-letters/${id}/retry`;
    const replies = await Promise.all(Array.from({ length: 4 }, () => administrator.post(path)));
    const told = replies.map(({ status, body }) => `${status} ${String(body.message)}`).toSorted();
    expect(told).toEqual([
      '200 Job requeued successfully',
      ...Array.from({ length: 3 }, () => '404 Dead letter job not found'),
    ]);
    await untilState(id, 'done');
    expect(handler.runs).toEqual([1]);
    expect(await api.get(JobsRepository).find(id)).toMatchObject({
      generation: 2,
      priority: 'HIGH',
      attempts: 1,
    });
  });

  it('are tried again by their ids, or all of a queue', async () => {
    const some = await administrator.post('/api/dead-letters/retry', { ids: [idOf(0), idOf(1), idOf(2)] });
    expect([some.status, some.body.data]).toEqual([200, { requeued: 2 }]);
    expect((await administrator.delete(`/api/dead-letters/${idOf(3)}`)).status).toBe(200);
    const all = await administrator.post('/api/dead-letters/retry', { queue: 'email' });
    expect([all.status, all.body.data]).toEqual([200, { requeued: 3 }]);
    for (const index of [1, 2, 4, 5, 6]) await untilState(idOf(index), 'done');
    expect(handler.runs.toSorted()).toEqual([1, 2, 3, 5, 6, 7]);
    expect(await api.get(JobsRepository).find(idOf(3))).toBeUndefined();
    expect(itemsOf(await administrator.get('/api/dead-letters'))).toEqual([]);
    expect(await api.auditedActions()).toEqual(
      expect.arrayContaining(['job.retried', 'dead-letter.deleted', 'dead-letters.retried']),
    );
  });

  it.each<[string, string, object | undefined, number, string]>([
    ['GET', '/api/dead-letters/665f1c2e9b1e8a0012345678', undefined, 404, 'Dead letter job not found'],
    ['DELETE', '/api/dead-letters/665f1c2e9b1e8a0012345678', undefined, 404, 'Dead letter job not found'],
    ['POST', '/api/dead-letters/665f1c2e9b1e8a0012345678/retry', undefined, 404, 'Dead letter job not found'],
    ['POST', '/api/dead-letters/retry', {}, 400, 'give either ids or queue'],
    ['POST', '/api/dead-letters/retry', { ids: ['7'] }, 400, 'Validation failed'],
    ['POST', '/api/dead-letters/retry', { queue: 'nothing' }, 404, 'Queue not found'],
  ])('%s %s is refused', async (method, path, body, status, message) => {
    const reply = await administrator.call(method, path, { body });
    expect([reply.status, reply.body.message]).toEqual([status, message]);
  });

  it('are told to a webhook where there is one', async () => {
    const heard: Json[] = [];
    const webhook = createServer((request, response) => {
      request.setEncoding('utf8');
      request.on('data', (text: string) => heard.push(JSON.parse(text)));
      request.on('end', () => response.end());
    });
    const webhookUrl = await listen(webhook);
    const alerts = new DeadLetterAlertHandler(worker.get(AdministratorMails), {
      ...alertsConfig(),
      webhookUrl,
    });
    const data = { queue: 'email', jobs: 2, ids: ['a', 'b'], names: ['test-doomed'] };
    await alerts.handle({
      id: idOf(0),
      data,
      attempt: 1,
      signal: AbortSignal.timeout(5_000),
      progress: () => undefined,
    });
    webhook.close();
    expect(heard).toEqual([{ event: 'dead-letters', id: idOf(0), ...data }]);
    expect(deadLetterAlert.access).toBe('internal');
  });
});

function readMails(folder: string): string[] {
  try {
    return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  } catch {
    return [];
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}
