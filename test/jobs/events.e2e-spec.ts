import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { JobId } from '../../src/common/ids.js';
import { EventStreams } from '../../src/http/event-streams.js';
import { SignalFeed } from '../../src/infrastructure/mongo/signals/signal-feed.js';
import { QueueRedis } from '../../src/infrastructure/redis/queue-redis.js';
import { JobProducer } from '../../src/jobs/job-producer.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../src/jobs/worker/job-handler.js';
import { administrator as administratorLogin } from '../support/app.js';
import type { Json } from '../support/client.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import {
  startManagedApi,
  startWorker,
  testType,
  until,
  type ManagedApi,
  type RunningContext,
  type TestPayload,
} from './support.js';

const followed = testType('test-followed', { retryLadder: [1_500] });

/** Reports a hundred steps in as many milliseconds as its number says; below 0 it fails, the second time for good. */
@Injectable()
@JobHandler(followed.name)
class FollowedHandler implements JobHandlerHost<TestPayload> {
  /** Ends what still runs after the tests: a drain would wait for it. */
  readonly over = new AbortController();

  async handle({ data, attempt, signal, progress }: RunningJob<TestPayload>): Promise<string> {
    if (data.number < 0) {
      await sleep(300);
      throw attempt === 1 ? new Error('not yet') : new UnrecoverableError('no use');
    }
    const stop = AbortSignal.any([signal, this.over.signal]);
    for (let step = 1; step <= 100 && !stop.aborted; step += 1) {
      progress(step, `step ${step}`);
      await sleep(data.number / 100, undefined, { signal: stop }).catch(() => undefined);
    }
    return 'ended';
  }
}

interface ReceivedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Json;
}

/** An open answer and what it has said so far. */
class Following {
  readonly events: ReceivedEvent[] = [];
  ended = false;

  constructor(readonly response: Response) {
    void this.read();
  }

  names(): string[] {
    return this.events.map(({ event }) => event);
  }

  lastId(): string {
    return this.events.at(-1)?.id ?? '';
  }

  private async read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        const messages = text.split('\n\n');
        text = messages.pop() ?? '';
        for (const message of messages) this.take(message);
      }
    } finally {
      this.ended = true;
    }
  }

  private take(message: string): void {
    const [, id, event, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(message) ?? [];
    if (id !== undefined && event !== undefined && data !== undefined) {
      this.events.push({ id, event, data: JSON.parse(data) });
    }
  }
}

describe('GET /api/queues/:queue/jobs/:id/events', () => {
  let api: ManagedApi;
  let worker: RunningContext;
  let redis: TcpProxy;
  let token: string;

  beforeAll(async () => {
    const { hostname, port, pathname } = new URL(inject('redisUrl'));
    redis = await TcpProxy.to(hostname, Number(port));
    const proxied = `redis://127.0.0.1:${redis.port}${pathname}`;
    api = await startManagedApi({ types: [followed] }, { REDIS_URL: proxied, WORKER_CONCURRENCY: '20' });
    process.env['REDIS_URL'] = inject('redisUrl');
    worker = await startWorker({ types: [followed], providers: [FollowedHandler] });
    token = await login();
    // The first start's roles are signalled, and a change of roles ends every stream.
    const [feed, seeded] = [api.get(SignalFeed), performance.now()];
    await until('the signals so far are known', () => performance.now() - feed.freshness > seeded);
  });

  afterAll(async () => {
    worker.get(FollowedHandler).over.abort();
    await worker[Symbol.asyncDispose]();
    await api.close();
    await redis.close();
  });

  async function login(): Promise<string> {
    const { body } = await api.client.post('/api/auth/login', administratorLogin);
    return String(body.data?.accessToken);
  }

  const enqueue = (number: number): Promise<JobId> => worker.get(JobProducer).enqueue(followed, { number });

  const open = (id: string, headers: Record<string, string> = {}, bearer = token): Promise<Response> =>
    fetch(`${api.url}/api/queues/email/jobs/${id}/events`, {
      headers: { authorization: `Bearer ${bearer}`, accept: 'text/event-stream', ...headers },
    });

  const follow = async (id: string, headers: Record<string, string> = {}): Promise<Following> =>
    new Following(await open(id, headers));

  it('begins with a snapshot, tells progress four times a second at most, and ends with the job', async () => {
    const id = await enqueue(1_500);
    const following = await follow(id);
    expect(following.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(following.response.headers.get('x-request-id')).toEqual(expect.any(String));
    await until('it has ended', () => following.ended);
    const names = following.names();
    expect([names[0], names.at(-1)]).toEqual(['snapshot', 'completed']);
    expect(following.events[0]?.data).toMatchObject({ id, queue: 'email', name: 'test-followed' });
    const steps = following.events.filter(({ event }) => event === 'progress');
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.length).toBeLessThanOrEqual(9);
    const percentages = steps.map(({ data }) => Number(data.progress));
    expect(percentages).toEqual(percentages.toSorted((one, other) => one - other));
    expect(steps.at(-1)?.data.note).toMatch(/^step \d+$/);
    expect(following.events.at(-1)?.data).toMatchObject({ state: 'completed', status: { result: 'ended' } });

    const again = await open(id, { 'last-event-id': following.lastId() });
    expect([again.status, await again.text()]).toEqual([204, '']);
    const late = await follow(id);
    await until('it has ended', () => late.ended);
    expect(late.names()).toEqual(['snapshot', 'completed']);
  });

  it('tells of a failed attempt, and of the death of a job', async () => {
    const following = await follow(await enqueue(-1));
    await until('it has ended', () => following.ended);
    expect(following.names().filter((name) => name !== 'progress')).toEqual(['snapshot', 'failed', 'dead']);
    expect(following.events.at(-1)?.data.status).toMatchObject({ status: 'dead', error: 'no use' });
  });

  it('tells whoever comes back in the middle where things stand', async () => {
    const id = await enqueue(3_000);
    const first = await follow(id);
    await until('there is progress', () => first.events.length > 1);
    // It may run before the relay has marked that it was published.
    await until('everybody knows that it runs', async () => {
      const headers = { authorization: `Bearer ${token}` };
      const reply = await fetch(`${api.url}/api/queues/email/jobs/${id}`, { headers });
      return (await reply.text()).includes('"state":"processing"');
    });
    const second = await follow(id, { 'last-event-id': first.lastId() });
    await until('it has ended', () => second.ended);
    expect(second.events[0]).toMatchObject({ event: 'snapshot', data: { state: 'processing' } });
    expect(second.names().at(-1)).toBe('completed');
  });

  it('serves 50 listeners by one subscription', async () => {
    const id = await enqueue(60_000);
    const listeners = await Promise.all(Array.from({ length: 50 }, () => follow(id)));
    const channel = `${process.env['QUEUE_PREFIX']}:hints:email`;
    expect(await worker.get(QueueRedis).producer.pubsub('NUMSUB', channel)).toEqual([channel, 1]);
    await fetch(`${api.url}/api/queues/email/jobs/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    await until('all have ended', () => listeners.every(({ ended }) => ended));
    expect(listeners.every((listener) => listener.names().at(-1) === 'cancelled')).toBe(true);
    await until('nobody listens for them any more', async () => {
      return (await worker.get(QueueRedis).producer.pubsub('NUMSUB', channel))[1] === 0;
    });
  });

  it('is only for those who may read the job', async () => {
    const id = await enqueue(1);
    const stranger = await fetch(`${api.url}/api/queues/email/jobs/${id}/events`);
    expect(stranger.status).toBe(401);
    const inQuery = await fetch(`${api.url}/api/queues/email/jobs/${id}/events?access_token=${token}`);
    expect(inQuery.status).toBe(401);
    expect((await open('665f1c2e9b1e8a0012345678')).status).toBe(404);
  });

  it('ends when the session is ended', async () => {
    const bearer = await login();
    const following = new Following(await open(await enqueue(60_000), {}, bearer));
    await until('it has begun', () => following.events.length > 0);
    const headers = { authorization: `Bearer ${bearer}` };
    await fetch(`${api.url}/api/auth/logout`, { method: 'POST', headers });
    await until('it has ended', () => following.ended, 5_000);
    expect(following.names()).not.toContain('completed');
  });

  it('looks into the ledger while Redis is away', async () => {
    await redis.cut();
    const following = await follow(await enqueue(1_000));
    await until('it has ended', () => following.ended);
    expect(following.names().at(-1)).toBe('completed');
    await redis.restore();
  });

  it('ends before a shutdown waits for it, and a new one is refused', async () => {
    const id = await enqueue(60_000);
    const following = await follow(id);
    await until('it has begun', () => following.events.length > 0);
    api.get(EventStreams).closeAll();
    await until('it has ended', () => following.ended, 2_000);
    expect((await open(id)).status).toBe(503);
  });
});
