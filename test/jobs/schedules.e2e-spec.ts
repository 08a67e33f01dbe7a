import { Injectable } from '@nestjs/common';
import type { Collection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobId } from '../../src/common/ids.js';
import { ScheduleTicks, tickJobId } from '../../src/jobs/schedules/schedule-ticks.js';
import type { JobType } from '../../src/jobs/catalogue/job-type.js';
import { JobProducer } from '../../src/jobs/job-producer.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../src/jobs/worker/job-handler.js';
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

const ticking: JobType<TestPayload> = {
  ...testType('test-tick'),
  queue: 'reports',
  access: 'public',
  permission: 'queues:enqueue',
};

@Injectable()
@JobHandler(ticking.name)
class TickHandler implements JobHandlerHost<TestPayload> {
  readonly runs: { readonly id: JobId; readonly number: number }[] = [];

  async handle({ id, data }: RunningJob<TestPayload>): Promise<void> {
    this.runs.push({ id, number: data.number });
  }
}

describe('schedules', () => {
  let api: ManagedApi;
  let worker: RunningContext;
  let administrator: Client;
  let schedules: Collection<{ _id: string; nextAt: Date | null; pattern?: string; every?: null }>;

  beforeAll(async () => {
    api = await startManagedApi({ types: [ticking] }, { WORKER_CONCURRENCY: '1' });
    worker = await startWorker({ types: [ticking], providers: [TickHandler] });
    administrator = await api.asAdministrator();
    schedules = connectionOf(worker).collection('schedules');
  });

  afterAll(async () => {
    await worker[Symbol.asyncDispose]();
    await api.close();
  });

  const put = (id: string, body: object) => administrator.put(`/api/queues/reports/schedules/${id}`, body);
  const definition = (number: number, timing: object) => ({
    ...timing,
    name: ticking.name,
    data: { number },
  });
  const listed = async (): Promise<Json[]> =>
    itemsOf(await administrator.get('/api/queues/reports/schedules'));
  /** How many jobs: one may run twice when Redis is wiped before its end is known. */
  const ranWith = (wanted: number): number =>
    new Set(worker.get(TickHandler).runs.flatMap(({ id, number }) => (number === wanted ? id : []))).size;

  it('hold the weekly report from the first start', async () => {
    const [report] = await listed();
    expect(report).toMatchObject({
      id: 'weekly-report',
      pattern: '0 9 * * 1',
      timezone: 'UTC',
      name: 'weekly-report',
      data: { type: 'weekly' },
      missed: 'run-once',
      paused: false,
    });
    const runs = report?.nextRuns;
    const days = (Array.isArray(runs) ? runs : []).map((run) => new Date(String(run)).toUTCString());
    expect(days).toHaveLength(5);
    for (const day of days) expect(day).toMatch(/^Mon, .* 09:00:00 GMT$/);
  });

  it('are made, changed, paused and deleted', async () => {
    const saved = await put('nightly', {
      ...definition(1, { pattern: '0 3 * * *' }),
      timezone: 'Asia/Tokyo',
    });
    expect([saved.status, saved.body.message]).toEqual([200, 'Schedule saved']);
    const runs = saved.body.data?.nextRuns;
    expect(Array.isArray(runs) ? String(runs[0]) : '').toMatch(/T18:00:00\.000Z$/);
    const paused = await put('nightly', { ...definition(1, { every: 60_000 }), paused: true });
    expect(paused.body.data).toMatchObject({ every: 60_000, paused: true, nextRuns: [] });
    expect(paused.body.data).not.toHaveProperty('pattern');
    expect((await administrator.delete('/api/queues/reports/schedules/nightly')).status).toBe(200);
    expect((await listed()).map(({ id }) => String(id))).toEqual(['weekly-report']);
    const gone = await administrator.delete('/api/queues/reports/schedules/nightly');
    expect([gone.status, gone.body.code]).toEqual([404, 'SCHEDULE_NOT_FOUND']);
    expect(await api.auditedActions()).toEqual(
      expect.arrayContaining(['schedule.saved', 'schedule.deleted']),
    );
  });

  it('tick once for all processes, and lose no tick to a wiped Redis', async () => {
    await put('seconds', definition(2, { every: 1_000 }));
    await until('it has run', () => ranWith(2) >= 1);
    await api.forgetAll();
    await until('it has run on', () => ranWith(2) >= 4);
    await administrator.delete('/api/queues/reports/schedules/seconds');
    const jobs = connectionOf(worker).collection('jobs');
    const made = { name: ticking.name, 'data.number': 2 };
    await until('all are done', async () => {
      return (await jobs.countDocuments(made)) === (await jobs.countDocuments({ ...made, state: 'done' }));
    });
    const rows = await jobs.find(made).toArray();
    const ticks = rows.map(({ createdAt }) => Math.floor(Number(createdAt) / 1_000) * 1_000);
    expect(ranWith(2)).toBe(rows.length);
    // Every tick between the first and the last has its job.
    const ids = new Set(rows.map(({ _id }) => String(_id)));
    const first = Math.min(...ticks);
    const found = Array.from({ length: 60 }, (_, index) => new Date(first + (index - 5) * 1_000)).map(
      (tick) => ids.has(tickJobId('reports/seconds', tick)),
    );
    expect(found.filter(Boolean)).toHaveLength(rows.length);
    expect(found.slice(found.indexOf(true), found.lastIndexOf(true) + 1)).not.toContain(false);
  });

  it('make up for missed ticks by one run, or skip them', async () => {
    // Around a tick of its own time, that one would run too: once a week, for half a minute.
    const week = 7 * 24 * 3_600_000;
    await put('catches-up', { ...definition(3, { every: week }), missed: 'run-once' });
    await put('skips', { ...definition(4, { every: week }), missed: 'skip' });
    await put('broken', definition(5, { every: week }));
    const longAgo = new Date(Math.floor(Date.now() / week) * week - 5 * week);
    // As a release or a time zone database that took it for good would have left it; it is the first to be due.
    const broken = { pattern: 'hello', every: null, nextAt: new Date(longAgo.getTime() - week) };
    await schedules.updateOne({ _id: 'reports/broken' }, { $set: broken });
    for (const id of ['catches-up', 'skips']) {
      await schedules.updateOne({ _id: `reports/${id}` }, { $set: { nextAt: longAgo } });
    }
    const ticks = [api, worker, api, worker].map((process) => process.get(ScheduleTicks).tick());
    await Promise.all(ticks);
    await until('the missed one has run', () => ranWith(3) === 1);
    await until('both are ahead', async () => (await schedules.countDocuments({ nextAt: longAgo })) === 0);
    expect([ranWith(3), ranWith(4), ranWith(5)]).toEqual([1, 0, 0]);
    await schedules.deleteOne({ _id: 'reports/broken' });
  });

  it.each<[string, object, number, string]>([
    ['seconds', definition(1, { pattern: 'hello' }), 400, 'INVALID_SCHEDULE'],
    // Its minute would be drawn anew at each look.
    ['seconds', definition(1, { pattern: 'H 9 * * *' }), 400, 'INVALID_SCHEDULE'],
    ['seconds', { ...definition(1, { pattern: '0 9 * * *' }), timezone: 'Mars' }, 400, 'INVALID_SCHEDULE'],
    ['seconds', definition(1, { every: 10 }), 400, 'VALIDATION_FAILED'],
    ['seconds', definition(1, {}), 400, 'VALIDATION_FAILED'],
    ['seconds', definition(1, { pattern: '0 9 * * *', every: 1_000 }), 400, 'VALIDATION_FAILED'],
    ['seconds', { every: 1_000, name: ticking.name, data: { number: 'one' } }, 400, 'INVALID_JOB_DATA'],
    ['seconds', { every: 1_000, name: 'account-mail', data: {} }, 400, 'UNKNOWN_JOB_TYPE'],
    ['Seconds!', definition(1, { every: 1_000 }), 400, 'INVALID_ID'],
  ])('refuse %s as %j', async (id, body, status, code) => {
    const reply = await put(id, body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  it('are overtaken by priority: under load the urgent runs first', async () => {
    await administrator.post('/api/queues/reports/pause');
    await until('BullMQ knows', async () => api.isPaused('reports'));
    const priorities = ['LOW', 'NORMAL', 'CRITICAL', 'HIGH'] as const;
    for (let round = 0; round < 5; round += 1) {
      for (const [index, priority] of priorities.entries()) {
        await api.get(JobProducer).enqueue(ticking, { number: 100 + index }, { priority });
      }
    }
    const jobs = connectionOf(worker).collection('jobs');
    const waiting = { 'data.number': { $gte: 100 } };
    await until('all are published', async () => {
      return (await jobs.countDocuments({ ...waiting, state: 'published' })) === 20;
    });
    await administrator.post('/api/queues/reports/resume');
    const order = () =>
      worker
        .get(TickHandler)
        .runs.map(({ number }) => number)
        .filter((number) => number >= 100);
    await until('all have run', () => order().length === 20);
    expect(order()).toEqual(
      [102, 103, 101, 100].flatMap((number) => Array.from({ length: 5 }, () => number)),
    );
  });
});
