import { Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { UnitOfWork } from '../../src/infrastructure/mongo/unit-of-work.js';
import { JobProducer } from '../../src/jobs/job-producer.js';
import type { JobRowState } from '../../src/jobs/job-row.js';
import { JobsRepository } from '../../src/jobs/jobs.repository.js';
import { Reconciliation } from '../../src/jobs/reconciler/reconciliation.js';
import { Publisher } from '../../src/jobs/relay/publisher.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../src/jobs/worker/job-handler.js';
import { median } from '../support/fastest.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import {
  connectionOf,
  forget,
  startProducer,
  startWorker,
  testType,
  until,
  useIsolatedSettings,
  type RunningContext,
  type TestPayload,
} from './support.js';

const counted = testType('test-counted');
/** Counts every run of every process of this file. */
const runs = new Map<number, number>();

@Injectable()
@JobHandler(counted.name)
class CountingHandler implements JobHandlerHost<TestPayload> {
  async handle({ data }: RunningJob<TestPayload>): Promise<void> {
    runs.set(data.number, (runs.get(data.number) ?? 0) + 1);
  }
}

const parts = { types: [counted] };
const workerParts = { types: [counted], providers: [CountingHandler] };
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

describe('Redis comes and goes, the jobs stay', () => {
  let settings: Record<string, string>;
  let proxy: TcpProxy;
  let direct: Redis;
  let producer: RunningContext;
  let second: RunningContext;

  beforeAll(async () => {
    const { hostname, port, pathname } = new URL(inject('redisUrl'));
    proxy = await TcpProxy.to(hostname, Number(port));
    settings = useIsolatedSettings({ REDIS_URL: `redis://127.0.0.1:${proxy.port}${pathname}` });
    direct = new Redis(inject('redisUrl'));
    producer = await startProducer(parts);
    second = await startProducer(parts);
  });

  afterAll(async () => {
    await forget(producer, second);
    await proxy.close();
    direct.disconnect();
  });

  /** @returns milliseconds of each */
  async function enqueue(from: number, count: number): Promise<number[]> {
    const times: number[] = [];
    for (const number of numbers(from, count)) {
      const start = performance.now();
      await producer
        .get(UnitOfWork)
        .run(async () => void (await producer.get(JobProducer).enqueue(counted, { number })));
      times.push(performance.now() - start);
    }
    return times;
  }

  function inState(state: JobRowState, from: number, count: number): Promise<number> {
    return connectionOf(producer)
      .collection('jobs')
      .countDocuments({ state, 'data.number': { $gte: from, $lt: from + count } });
  }

  function doneUntil(from: number, count: number): Promise<void> {
    return until(`all ${count} are done`, async () => (await inState('done', from, count)) === count, 45_000);
  }

  /** What FLUSHALL would do to this file's part of the server: its queues and the marker go. */
  async function loseKeys(): Promise<number> {
    const stream = direct.scanStream({ match: `${settings['QUEUE_PREFIX']}*`, count: 1_000 });
    let lost = 0;
    for await (const keys of stream) if (keys.length > 0) lost += await direct.del(...keys);
    return lost;
  }

  it('accepts a job while Redis is away, quickly, and runs it when Redis is back', async () => {
    await using _worker = await startWorker(workerParts);
    await proxy.cut();
    expect(median(await enqueue(0, 21))).toBeLessThan(200);
    expect(await inState('pending', 0, 21)).toBe(21);
    await proxy.restore();
    await doneUntil(0, 21);
    expect(numbers(0, 21).map((number) => runs.get(number))).toEqual(numbers(0, 21).map(() => 1));
  });

  it('accepts a job while Redis is frozen, quickly, and runs it when Redis goes on', async () => {
    await using _worker = await startWorker(workerParts);
    proxy.freeze();
    expect(median(await enqueue(100, 21))).toBeLessThan(200);
    proxy.thaw();
    await doneUntil(100, 21);
    expect(numbers(100, 21).map((number) => runs.get(number))).toEqual(numbers(100, 21).map(() => 1));
  });

  it('publishes again what a wiped Redis has lost', async () => {
    await enqueue(200, 150);
    await until('all are published', async () => (await inState('published', 200, 150)) === 150);
    expect(await loseKeys()).toBeGreaterThan(150);
    await using _worker = await startWorker(workerParts);
    await doneUntil(200, 150);
    expect(numbers(200, 150).map((number) => runs.get(number))).toEqual(numbers(200, 150).map(() => 1));
  });

  it('runs a job once that is relayed and reconciled by several at once', async () => {
    await enqueue(400, 60);
    await until('all are published', async () => (await inState('published', 400, 60)) === 60);
    await loseKeys();
    const passes = [producer, second, producer, second].map((context) =>
      context.get(Reconciliation).pass(true, async () => true),
    );
    const repository = producer.get(JobsRepository);
    const published = await repository.findPublished(['email'], undefined, 500);
    const rows = await repository.findMany(published.map(({ id }) => id));
    await Promise.all([
      ...passes,
      producer.get(Publisher).publish(rows),
      second.get(Publisher).publish(rows),
    ]);
    await using _one = await startWorker(workerParts);
    await using _two = await startWorker(workerParts);
    await doneUntil(400, 60);
    expect(numbers(400, 60).map((number) => runs.get(number))).toEqual(numbers(400, 60).map(() => 1));
  });
});
