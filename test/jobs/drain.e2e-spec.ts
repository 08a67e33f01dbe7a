import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { JobProducer } from '../../src/jobs/job-producer.js';
import { JobsRepository } from '../../src/jobs/jobs.repository.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../src/jobs/worker/job-handler.js';
import { JobRunner } from '../../src/jobs/worker/job-runner.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import {
  forget,
  startProducer,
  startWorker,
  testType,
  until,
  useIsolatedSettings,
  type RunningContext,
  type TestPayload,
} from './support.js';

const type = testType('test-long', { timeout: 60_000 });
const parts = { types: [type] };

/** Takes as many milliseconds as its number says, or fewer in a hurry, unless it is told to stop. */
@Injectable()
@JobHandler(type.name)
class LongHandler implements JobHandlerHost<TestPayload> {
  static longest = Infinity;
  started = 0;

  async handle({ data, signal }: RunningJob<TestPayload>): Promise<void> {
    this.started += 1;
    await sleep(Math.min(data.number, LongHandler.longest), undefined, { signal });
  }
}

const workerParts = { ...parts, providers: [LongHandler] };

describe('a worker that is asked to end', () => {
  let producer: RunningContext;
  let mongo: TcpProxy;
  let redis: TcpProxy;

  beforeAll(async () => {
    const mongoUrl = new URL(inject('mongodbUri'));
    const redisUrl = new URL(inject('redisUrl'));
    mongo = await TcpProxy.to(mongoUrl.hostname, Number(mongoUrl.port));
    redis = await TcpProxy.to(redisUrl.hostname, Number(redisUrl.port));
    const settings = useIsolatedSettings({ JOB_LOCK_DURATION: '2s', JOB_MAX_STARTS: '2' });
    producer = await startProducer(parts);
    const proxied = new URL(settings['MONGODB_URI'] ?? '');
    proxied.port = String(mongo.port);
    // Straight to this server: its replica set would name the port behind the wire.
    proxied.search = '?directConnection=true';
    redisUrl.port = String(redis.port);
    Object.assign(process.env, { MONGODB_URI: proxied.toString(), REDIS_URL: redisUrl.toString() });
  });

  afterAll(async () => {
    await forget(producer);
    await mongo.close();
    await redis.close();
  });

  const stateOf = async (id: Parameters<JobsRepository['find']>[0]) =>
    (await producer.get(JobsRepository).find(id))?.state;

  it('finishes what runs and marks it done', async () => {
    const worker = await startWorker(workerParts);
    const id = await producer.get(JobProducer).enqueue(type, { number: 700 });
    await until('the job runs', () => worker.get(LongHandler).started === 1);
    await worker[Symbol.asyncDispose]();
    expect(await stateOf(id)).toBe('done');
  });

  it('gives back what does not end in time, again and again: that is neither an attempt nor a sign of harm', async () => {
    const id = await producer.get(JobProducer).enqueue(type, { number: 30_000 });
    for (let restart = 0; restart < 3; restart += 1) {
      await using worker = await startWorker(workerParts);
      await until('the job runs', () => worker.get(LongHandler).started === 1);
      worker.get(JobRunner).giveBack();
      await worker.get(JobRunner).idle();
    }
    expect(await producer.get(JobsRepository).find(id)).toMatchObject({ state: 'published', attempts: 0 });
    LongHandler.longest = 1;
    await using _last = await startWorker(workerParts);
    await until('the job is over', async () => (await stateOf(id)) !== 'published');
    expect(await producer.get(JobsRepository).find(id)).toMatchObject({ state: 'done', attempts: 1 });
  });

  it('ends soon though Redis is away', async () => {
    const worker = await startWorker(workerParts);
    await redis.cut();
    const start = performance.now();
    await worker[Symbol.asyncDispose]();
    expect(performance.now() - start).toBeLessThan(10_000);
    await redis.restore();
  });

  it('starts while Redis is away, and takes jobs when it is there', async () => {
    await redis.cut();
    await using worker = await startWorker(workerParts);
    const id = await producer.get(JobProducer).enqueue(type, { number: 1 });
    await redis.restore();
    await until('the job is done', async () => (await stateOf(id)) === 'done');
    expect(worker.get(LongHandler).started).toBe(1);
  });

  it('takes an outage of the database for no failure of its jobs', async () => {
    await using worker = await startWorker(workerParts);
    await mongo.cut();
    const id = await producer.get(JobProducer).enqueue(type, { number: 1 });
    await sleep(1_500);
    expect(worker.get(LongHandler).started).toBe(0);
    await mongo.restore();
    await until('the job is done', async () => (await stateOf(id)) === 'done', 25_000);
    expect(await producer.get(JobsRepository).find(id)).toMatchObject({ attempts: 1, lastFailure: null });
  });
});
