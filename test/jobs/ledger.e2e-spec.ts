import { Injectable } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/common/domain-error.js';
import { jobIds, sessionIds, userIds } from '../../src/common/ids.js';
import type { Principal } from '../../src/common/principal.js';
import { requestContext } from '../../src/common/request-context.js';
import { newId } from '../../src/infrastructure/mongo/new-id.js';
import { UnitOfWork } from '../../src/infrastructure/mongo/unit-of-work.js';
import { JobLedger } from '../../src/jobs/job-ledger.js';
import { JobProducer } from '../../src/jobs/job-producer.js';
import type { NewJob } from '../../src/jobs/job-row.js';
import { JobsRepository } from '../../src/jobs/jobs.repository.js';
import { Reconciliation } from '../../src/jobs/reconciler/reconciliation.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../src/jobs/worker/job-handler.js';
import { connectionOf, testType, until, useProducerAndWorker, type TestPayload } from './support.js';

const noted = testType('test-note');

@Injectable()
@JobHandler(noted.name)
class NoteHandler implements JobHandlerHost<TestPayload> {
  readonly runs: { number: number; requestId: string | undefined; secret: string | undefined }[] = [];

  async handle({ data }: RunningJob<TestPayload>): Promise<{ noted: number }> {
    const { requestId } = requestContext.current() ?? {};
    this.runs.push({ number: data.number, requestId, secret: data.secret });
    return { noted: data.number };
  }
}

describe('the ledger, from the transaction to the worker', () => {
  const contexts = useProducerAndWorker({ types: [noted], providers: [NoteHandler] });

  it('runs a job once its transaction is committed, with the request and author that asked for it', async () => {
    const userId = newId(userIds);
    const principal: Principal = {
      kind: 'user',
      userId,
      sessionId: newId(sessionIds),
      permissions: new Set(),
    };
    const context = { requestId: 'req-7', trace: undefined, ip: '127.0.0.1', route: 'test', principal };
    const id = await requestContext.run(context, () =>
      contexts.producer
        .get(UnitOfWork)
        .run(() => contexts.producer.get(JobProducer).enqueue(noted, { number: 1, secret: 'do not show' })),
    );
    const ledger = contexts.producer.get(JobLedger);
    await until('the job is completed', async () => {
      return (await ledger.find('email', id))?.status.status === 'completed';
    });
    await until('the row is done', async () => {
      return (await contexts.producer.get(JobsRepository).find(id))?.state === 'done';
    });
    expect(contexts.worker.get(NoteHandler).runs).toEqual([
      { number: 1, requestId: 'req-7', secret: 'do not show' },
    ]);
    expect(await ledger.find('email', id)).toMatchObject({
      id,
      queue: 'email',
      name: 'test-note',
      author: { kind: 'user', userId },
      progress: 100,
      data: { number: 1 },
      status: { status: 'completed', result: { noted: 1 } },
    });
    expect((await ledger.find('email', id))?.data).not.toHaveProperty('secret');
    expect(await ledger.find('reports', id)).toBeUndefined();
  });

  it('leaves no job when its transaction is rolled back', async () => {
    const unit = contexts.producer.get(UnitOfWork).run(async () => {
      await contexts.producer.get(JobProducer).enqueue(noted, { number: 2 });
      throw new Error('changed my mind');
    });
    await expect(unit).rejects.toThrow('changed my mind');
    expect(
      await connectionOf(contexts.producer).collection('jobs').countDocuments({ 'data.number': 2 }),
    ).toBe(0);
  });

  it('holds no secret field in Redis', async () => {
    const id = await contexts.producer
      .get(JobProducer)
      .enqueue(noted, { number: 3, secret: 'hidden-in-the-ledger' });
    await until('the row is done', async () => {
      return (await contexts.producer.get(JobsRepository).find(id))?.state === 'done';
    });
    const { QueueRedis } = await import('../../src/infrastructure/redis/queue-redis.js');
    const key = `${process.env['QUEUE_PREFIX']}:email:${id}-1`;
    expect(await contexts.producer.get(QueueRedis).producer.hget(key, 'data')).toBe('{"number":3}');
  });

  it('refuses a payload that does not fit its declaration', async () => {
    const enqueue = contexts.producer
      .get(JobProducer)
      .enqueue(noted, JSON.parse('{"number":"one","more":true}'));
    await expect(enqueue).rejects.toThrow(DomainError);
    await expect(enqueue).rejects.toMatchObject({ code: 'INVALID_JOB_DATA', errors: [{}, {}] });
  });

  it('leaves the jobs of another release to it, and they hold up no other', async () => {
    const jobs = contexts.producer.get(JobsRepository);
    const stateOf = async ({ id }: NewJob) => (await jobs.find(id))?.state;
    const job = (changes: Partial<NewJob>): NewJob => ({
      id: newId(jobIds),
      queue: noted.queue,
      name: noted.name,
      data: { number: 5 },
      priority: 'NORMAL',
      runAt: null,
      author: { kind: 'system' },
      requestId: null,
      ...changes,
    });
    const foreign = [job({ queue: 'of-the-next-release' }), job({ queue: 'of-the-last-release' })] as const;
    const [unknown, own] = [job({ name: 'of-the-next-release' }), job({})];
    await jobs.insert(...foreign);
    await jobs.markPublished([{ id: foreign[1].id, generation: 1 }]);
    // Past the producer, so that it is the sweep that finds them.
    await jobs.insert(unknown, own);
    await until('its own is done', async () => (await stateOf(own)) === 'done');
    await contexts.producer.get(Reconciliation).pass(true, async () => true);
    expect(await Promise.all(foreign.map(stateOf))).toEqual(['pending', 'published']);
    // A worker of the other release would have had each of the attempts.
    await until('it was tried often enough', async () => (await stateOf(unknown)) === 'dead');
    expect((await jobs.find(unknown.id))?.attempts).toBe(3);
  });

  it('runs a job when its time has come, and says so until then', async () => {
    const runAt = new Date(Date.now() + 3_000);
    const id = await contexts.producer.get(JobProducer).enqueue(noted, { number: 4 }, { runAt });
    const ledger = contexts.producer.get(JobLedger);
    expect((await ledger.find('email', id))?.status).toEqual({
      status: 'scheduled',
      runAt: runAt.toISOString(),
    });
    await until('the job has run', () =>
      contexts.worker.get(NoteHandler).runs.some(({ number }) => number === 4),
    );
    expect(Date.now()).toBeGreaterThanOrEqual(runAt.getTime());
  });
});
