import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobId } from '../../src/common/ids.js';
import { JobProducer } from '../../src/jobs/job-producer.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../src/jobs/worker/job-handler.js';
import type { Client, Json } from '../support/client.js';
import {
  itemsOf,
  startManagedApi,
  startWorker,
  testType,
  until,
  userWith,
  type ManagedApi,
  type RunningContext,
  type TestPayload,
} from './support.js';

const long = testType('test-managed', { retryLadder: [60_000] });

/** Runs until it is told to stop; below 0 it fails, at -2 for good. */
@Injectable()
@JobHandler(long.name)
class LongHandler implements JobHandlerHost<TestPayload> {
  readonly started: number[] = [];
  readonly stopped: unknown[] = [];
  failing = true;

  async handle({ data, signal }: RunningJob<TestPayload>): Promise<string> {
    this.started.push(data.number);
    if (data.number === -2 && this.failing) throw new UnrecoverableError('no use');
    if (data.number < 0 && this.failing) throw new Error('not yet');
    if (data.number > 0) {
      await sleep(60_000, undefined, { signal }).catch(() => this.stopped.push(signal.reason));
    }
    return 'ended';
  }
}

describe('queues and jobs over REST', () => {
  let api: ManagedApi;
  let worker: RunningContext;
  let administrator: Client;
  let handler: LongHandler;

  beforeAll(async () => {
    api = await startManagedApi({ types: [long] });
    worker = await startWorker({ types: [long], providers: [LongHandler] });
    handler = worker.get(LongHandler);
    administrator = await api.asAdministrator();
  });

  afterAll(async () => {
    await worker[Symbol.asyncDispose]();
    await api.close();
  });

  const path = (id: string) => `/api/queues/email/jobs/${id}`;
  const enqueue = (number: number, secret?: string): Promise<JobId> =>
    api.get(JobProducer).enqueue(long, { number, ...(secret !== undefined && { secret }) });

  async function untilState(id: string, state: string): Promise<Json> {
    let job: Json = {};
    await until(`the job is ${state}`, async () => {
      job = (await administrator.get(path(id))).body.data ?? {};
      return String(job.state) === state;
    });
    return job;
  }

  async function listed(state: string): Promise<string[]> {
    const reply = await administrator.get(`/api/queues/email/jobs?state=${state}&limit=100`);
    expect(reply.status).toBe(200);
    return itemsOf(reply).map((job) => {
      expect(job.state).toBe(state);
      expect(job.status?.status).toBe(state);
      return String(job.id);
    });
  }

  it('a queue is paused, shows what waits, and is resumed', async () => {
    expect((await administrator.post('/api/queues/email/pause')).body.message).toBe('Queue paused');
    await until('BullMQ knows', async () => api.isPaused('email'));
    const id = await enqueue(0, 'not to be shown');
    const later = await api
      .get(JobProducer)
      .enqueue(long, { number: 0 }, { runAt: new Date(Date.now() + 3e6) });
    await sleep(500);
    expect(handler.started).toEqual([]);
    expect(await listed('pending')).toEqual([id]);
    expect(await listed('scheduled')).toEqual([later]);
    const overview = itemsOf(await administrator.get('/api/queues'));
    expect(overview.find(({ name }) => String(name) === 'email')).toMatchObject({
      isPaused: true,
      jobs: { pending: 1, scheduled: 1, processing: 0, completed: 0 },
    });

    expect((await administrator.post('/api/queues/email/resume')).status).toBe(200);
    const done = await untilState(id, 'completed');
    expect(done).toMatchObject({ progress: 100, data: { number: 0 }, status: { result: 'ended' } });
    expect(done.data).not.toHaveProperty('secret');
    await until('the ledger knows', async () => (await listed('completed')).includes(id));
    expect((await administrator.delete(path(later))).status).toBe(200);
  });

  it('a queue stays paused when Redis forgets it', async () => {
    await administrator.post('/api/queues/reports/pause');
    await until('BullMQ knows', async () => api.isPaused('reports'));
    await api.forget('reports:meta', 'ledger');
    await until('BullMQ knows again', async () => api.isPaused('reports'));
    await administrator.post('/api/queues/reports/resume');
    await until('BullMQ knows', async () => !(await api.isPaused('reports')));
    expect(await api.isPaused('email')).toBe(false);
  });

  it('a job that waits is cancelled, and never runs', async () => {
    const runAt = new Date(Date.now() + 3_000);
    const id = await api.get(JobProducer).enqueue(long, { number: 4 }, { runAt });
    const reply = await administrator.delete(path(id));
    expect([reply.status, reply.body.message]).toEqual([200, 'Job cancelled']);
    expect(await untilState(id, 'cancelled')).toMatchObject({ status: { cancelledAt: expect.any(String) } });
    const again = await administrator.delete(path(id));
    expect([again.status, again.body.code]).toEqual([409, 'JOB_OVER']);
    await sleep(runAt.getTime() + 300 - Date.now());
    expect(handler.started).not.toContain(4);
  });

  it('a job that runs gets its signal', async () => {
    const id = await enqueue(5);
    await until('it runs', () => handler.started.includes(5));
    expect(await listed('processing')).toEqual([id]);
    expect((await administrator.delete(path(id))).status).toBe(200);
    await until('it was told', () => handler.stopped.length === 1);
    expect(handler.stopped).toMatchObject([{ message: 'the job was cancelled' }]);
    expect(await listed('cancelled')).toContain(id);
    expect(await listed('processing')).toEqual([]);
  });

  it('a job that waits for its next attempt, or is dead, is tried again', async () => {
    const waiting = await enqueue(-1);
    const dead = await enqueue(-2);
    expect(await untilState(waiting, 'failed')).toMatchObject({ status: { error: 'not yet' } });
    await untilState(dead, 'dead');
    expect(await listed('failed')).toEqual([waiting]);
    handler.failing = false;
    for (const id of [waiting, dead]) {
      const reply = await administrator.post(`${path(id)}/retry`);
      expect([reply.status, reply.body.message]).toEqual([200, 'Job requeued successfully']);
      await untilState(id, 'completed');
      const again = await administrator.post(`${path(id)}/retry`);
      expect([again.status, again.body.code]).toEqual([409, 'JOB_NOT_FAILED']);
    }
  });

  it('who may only enqueue sees their own, and changes nothing', async () => {
    const enqueuer = await userWith(administrator, 'only-enqueues', ['queues:enqueue']);
    const order = {
      name: 'send-email',
      data: { to: 'a@example.com', subject: 'A', body: 'B' },
      delay: 60_000,
    };
    const mine = String((await enqueuer.post('/api/queues/email/jobs', order)).body.data?.id);
    const others = String((await administrator.post('/api/queues/email/jobs', order)).body.data?.id);
    expect((await enqueuer.get(path(mine))).status).toBe(200);
    expect((await enqueuer.get(path(others))).body.code).toBe('JOB_NOT_FOUND');
    const list = itemsOf(await enqueuer.get('/api/queues/email/jobs'));
    expect(list.map(({ id }) => id)).toEqual([mine]);
    const forbidden = [
      await enqueuer.delete(path(mine)),
      await enqueuer.post(`${path(mine)}/retry`),
      await enqueuer.get('/api/queues'),
      await enqueuer.post('/api/queues/email/pause'),
    ];
    expect(forbidden.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('pages by number and by cursor, newest first', async () => {
    const all = itemsOf(await administrator.get('/api/queues/email/jobs?limit=100')).map(({ id }) =>
      String(id),
    );
    const first = await administrator.get('/api/queues/email/jobs?limit=3');
    expect(first.body.pagination).toMatchObject({ currentPage: 1, totalItems: all.length, itemsPerPage: 3 });
    const paged: string[] = [];
    for (let cursor = ''; ;) {
      const reply = await administrator.get(`/api/queues/email/jobs?limit=3&cursor=${cursor}`);
      paged.push(...itemsOf(reply).map(({ id }) => String(id)));
      const next = reply.body.pagination?.nextCursor;
      if (next === undefined) break;
      cursor = String(next);
    }
    expect(paged).toEqual(all);
    expect(all.length).toBeGreaterThan(6);
  });

  it.each([
    ['GET', '/api/queues/nothing/jobs', 404, 'QUEUE_NOT_FOUND'],
    ['POST', '/api/queues/nothing/pause', 404, 'QUEUE_NOT_FOUND'],
    ['GET', '/api/queues/email/jobs?state=active', 400, 'VALIDATION_FAILED'],
    ['DELETE', '/api/queues/email/jobs/665f1c2e9b1e8a0012345678', 404, 'JOB_NOT_FOUND'],
    ['POST', '/api/queues/reports/jobs/665f1c2e9b1e8a0012345678/retry', 404, 'JOB_NOT_FOUND'],
  ])('%s %s is refused', async (method, url, status, code) => {
    const reply = await administrator.call(method, url);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  it('what operators did is in the audit trail', async () => {
    const actions = await api.auditedActions();
    expect(actions).toEqual(
      expect.arrayContaining(['queue.paused', 'queue.resumed', 'job.cancelled', 'job.retried']),
    );
  });
});
