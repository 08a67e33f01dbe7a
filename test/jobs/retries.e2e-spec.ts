import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { describe, expect, it } from 'vitest';
import type { JobId } from '../../src/common/ids.js';
import { Once } from '../../src/jobs/once/once.js';
import { JobLedger } from '../../src/jobs/job-ledger.js';
import { JobProducer } from '../../src/jobs/job-producer.js';
import type { JobRow } from '../../src/jobs/job-row.js';
import { JobsRepository } from '../../src/jobs/jobs.repository.js';
import { Reconciliation } from '../../src/jobs/reconciler/reconciliation.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../src/jobs/worker/job-handler.js';
import { connectionOf, testType, until, useProducerAndWorker, type TestPayload } from './support.js';

const flaky = testType('test-flaky');
const slowLadder = testType('test-slow-ladder', { retryLadder: [60_000] });
const endless = testType('test-endless', { timeout: 100, retryLadder: [] });
const narrow = { ...testType('test-narrow'), queue: 'reports' };
const slow = { ...testType('test-slow'), queue: 'data-processing' };
const types = [flaky, slowLadder, endless, narrow, slow];

const wordy = -2;
const boundless = 77;

/** Fails as often as its number says; below 0 it says that trying again is in vain. One number returns what no row can hold. */
@Injectable()
@JobHandler(flaky.name)
class FlakyHandler implements JobHandlerHost<TestPayload> {
  readonly attempts = new Map<JobId, number[]>();
  effects = 0;

  constructor(private readonly once: Once) {}

  async handle({ id, data, attempt }: RunningJob<TestPayload>): Promise<unknown> {
    this.attempts.set(id, [...(this.attempts.get(id) ?? []), attempt]);
    await this.once.outside(id, 'count', async () => {
      this.effects += 1;
    });
    if (data.number === boundless) {
      const result: { self?: object } = {};
      return (result.self = result);
    }
    if (data.number < 0) throw new UnrecoverableError(data.number === wordy ? 'no '.repeat(9e6) : 'hopeless');
    if (attempt <= data.number) throw new Error(`attempt ${attempt} had no luck`);
    return undefined;
  }
}

@Injectable()
@JobHandler(slowLadder.name)
class SlowLadderHandler implements JobHandlerHost<TestPayload> {
  async handle(): Promise<void> {
    throw new Error('come back later');
  }
}

@Injectable()
@JobHandler(endless.name)
class EndlessHandler implements JobHandlerHost<TestPayload> {
  readonly reasons: unknown[] = [];

  async handle({ signal }: RunningJob<TestPayload>): Promise<void> {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.reasons.push(signal.reason);
  }
}

@Injectable()
@JobHandler(narrow.name)
class NarrowHandler implements JobHandlerHost<TestPayload> {
  running = 0;
  most = 0;
  ended = 0;
  mayEnd = false;

  async handle(): Promise<void> {
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    while (!this.mayEnd) await sleep(5);
    this.running -= 1;
    this.ended += 1;
  }
}

@Injectable()
@JobHandler(slow.name)
class SlowHandler implements JobHandlerHost<TestPayload> {
  readonly times: number[] = [];

  async handle(): Promise<void> {
    this.times.push(performance.now());
  }
}

describe('a job that fails', () => {
  const contexts = useProducerAndWorker(
    {
      types,
      providers: [FlakyHandler, SlowLadderHandler, EndlessHandler, NarrowHandler, SlowHandler],
    },
    {
      JOB_RETRY_LADDER: '40ms,80ms',
      QUEUE_CONCURRENCY: 'reports:2',
      QUEUE_RATE_LIMITS: 'data-processing:5/1s',
    },
  );

  async function over(id: JobId): Promise<JobRow> {
    let row: JobRow | undefined;
    await until('the job is over', async () => {
      row = await contexts.producer.get(JobsRepository).find(id);
      return row?.state === 'done' || row?.state === 'dead';
    });
    if (row === undefined) throw new Error('no row');
    return row;
  }

  it('climbs the ladder, and what it did at first is not done again', async () => {
    const before = contexts.worker.get(FlakyHandler).effects;
    const id = await contexts.producer.get(JobProducer).enqueue(flaky, { number: 2 });
    expect(await over(id)).toMatchObject({ state: 'done', attempts: 3, lastFailure: null });
    expect(contexts.worker.get(FlakyHandler).attempts.get(id)).toEqual([1, 2, 3]);
    expect(contexts.worker.get(FlakyHandler).effects).toBe(before + 1);
  });

  it('is completed for whoever looks, though an attempt failed and its last one returned nothing', async () => {
    const id = await contexts.producer.get(JobProducer).enqueue(flaky, { number: 1 });
    expect(await over(id)).toMatchObject({ state: 'done', attempts: 2, result: null });
    // As it is when a worker dies before it has marked what it did.
    await connectionOf(contexts.producer)
      .collection('jobs')
      .updateOne({ 'data.number': 1, name: flaky.name }, { $set: { state: 'published', attempts: 0 } });
    expect((await contexts.producer.get(JobLedger).find('email', id))?.status).toMatchObject({
      status: 'completed',
    });
    await contexts.producer.get(Reconciliation).pass(true, async () => true);
    expect(await over(id)).toMatchObject({ state: 'done', attempts: 2 });
  });

  it('is dead after the last rung, with the error of the last attempt', async () => {
    const id = await contexts.producer.get(JobProducer).enqueue(flaky, { number: 9 });
    const row = await over(id);
    expect(row).toMatchObject({ state: 'dead', attempts: 3, error: { message: 'attempt 3 had no luck' } });
    expect(row.error?.stack).toContain('FlakyHandler');
    expect((await contexts.producer.get(JobLedger).find('email', id))?.status).toEqual({
      status: 'dead',
      failedAt: row.failedAt?.toISOString(),
      error: 'attempt 3 had no luck',
    });
  });

  it('is dead at once when trying again would be in vain', async () => {
    const id = await contexts.producer.get(JobProducer).enqueue(flaky, { number: -1 });
    expect(await over(id)).toMatchObject({ state: 'dead', attempts: 1, error: { message: 'hopeless' } });
    expect(contexts.worker.get(FlakyHandler).attempts.get(id)).toEqual([1]);
  });

  it('is dead when no row can hold what it returns or says, and holds up no other', async () => {
    const producer = contexts.producer.get(JobProducer);
    const [odd, loud, other] = await Promise.all([
      producer.enqueue(flaky, { number: boundless }),
      producer.enqueue(flaky, { number: wordy }),
      producer.enqueue(flaky, { number: 0 }),
    ]);
    expect(await over(odd)).toMatchObject({
      state: 'dead',
      attempts: 1,
      error: { message: expect.stringContaining('cannot be written as JSON') },
    });
    expect((await over(loud)).error?.message).toHaveLength(2_000);
    expect(await over(other)).toMatchObject({ state: 'done' });
  });

  it('tells when it is tried again', async () => {
    const id = await contexts.producer.get(JobProducer).enqueue(slowLadder, { number: 1 });
    const ledger = contexts.producer.get(JobLedger);
    await until('the first attempt has failed', async () => {
      return (await ledger.find('email', id))?.status.status === 'failed';
    });
    const status = (await ledger.find('email', id))?.status;
    if (status?.status !== 'failed') throw new Error('no failure');
    expect(status.error).toBe('come back later');
    expect(Date.parse(status.nextAttemptAt) - Date.parse(status.failedAt)).toBe(60_000);
  });

  it('is ended when its time is up', async () => {
    const id = await contexts.producer.get(JobProducer).enqueue(endless, { number: 1 });
    expect(await over(id)).toMatchObject({ state: 'dead', error: { message: 'not done within 100 ms' } });
    expect(contexts.worker.get(EndlessHandler).reasons).toEqual([expect.any(Error)]);
  });

  it('or does not: as many run at once as its queue may', async () => {
    for (let number = 0; number < 8; number += 1)
      await contexts.producer.get(JobProducer).enqueue(narrow, { number });
    const handler = contexts.worker.get(NarrowHandler);
    await until('two run', () => handler.running === 2);
    // Time for a third, were there one.
    await sleep(200);
    handler.mayEnd = true;
    await until('all have run', () => handler.ended === 8);
    expect(handler.most).toBe(2);
  });

  it('or does not: no more start in a second than its queue may', async () => {
    for (let number = 0; number < 12; number += 1)
      await contexts.producer.get(JobProducer).enqueue(slow, { number });
    const { times } = contexts.worker.get(SlowHandler);
    await until('all have run', () => times.length === 12);
    // Three windows: two of them have to pass.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1_000);
  });
});
