import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { Metrics } from '../../src/infrastructure/telemetry/metrics.js';
import { JobFiguresRepository } from '../../src/jobs/job-figures.repository.js';
import { Queues } from '../../src/jobs/queues.js';
import { MetricsService } from '../../src/modules/metrics/metrics.service.js';
import { JobProducer } from '../../src/jobs/job-producer.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../src/jobs/worker/job-handler.js';
import { proxiedServices, type ProxiedServices } from '../health/proxied.js';
import {
  startManagedApi,
  startWorker,
  testType,
  until,
  type ManagedApi,
  type RunningContext,
  type TestPayload,
} from '../jobs/support.js';
import { startApi, type RunningApi } from '../support/app.js';
import { fastest } from '../support/fastest.js';
import { checkedBy, findPromtool } from './promtool.js';

const measured = testType('test-measured', { retryLadder: [20] });
const delayed = { ...testType('test-delayed'), queue: 'reports' };

/** 1 fails at first, 2 for good. */
@Injectable()
@JobHandler(measured.name)
class MeasuredHandler implements JobHandlerHost<TestPayload> {
  async handle({ data, attempt }: RunningJob<TestPayload>): Promise<void> {
    if (data.number === 1 && attempt === 1) throw new Error('not yet');
    if (data.number === 2) throw new UnrecoverableError('never');
  }
}

@Injectable()
@JobHandler(delayed.name)
class DelayedHandler implements JobHandlerHost<TestPayload> {
  async handle(): Promise<void> {
    // Never comes to run here.
  }
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The numbers of an answer of /metrics, by name and labels. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]));
}

/** The words of a query that may be metrics: neither functions, labels, values of labels nor ranges. */
function namesIn(query: string): string[] {
  const bare = query
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\b(?:by|on|without) *\([^)]*\)/g, '')
    .replaceAll(/\[[^\]]*\]/g, '');
  const words = [...bare.matchAll(/\b[a-z][a-z\d_]*\b(?! *\()/g)].map(([word]) => word);
  // What Prometheus itself knows.
  return words.filter((word) => !['and', 'or', 'unless', 'up'].includes(word));
}

function queriesOfDashboard(): string[] {
  const { panels }: { panels: { targets?: { expr: string }[] }[] } = JSON.parse(
    read('ops/grafana/nexus.json'),
  );
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

function queriesOfAlerts(): string[] {
  const blocks = read('ops/prometheus/alerts.yml').matchAll(/^ +expr: (?:\|\n((?: {10,}.*\n)+)|(.*)\n)/gm);
  return [...blocks].map(([, block, line]) => block ?? line ?? '');
}

describe('metrics of jobs', () => {
  let api: ManagedApi;
  let worker: RunningContext;
  const ofWorker = () => worker.get(MetricsService).text();
  const ofApi = async () => (await api.client.get('/metrics')).text;

  beforeAll(async () => {
    const types = [measured, delayed];
    api = await startManagedApi({ types });
    worker = await startWorker({ types, providers: [MeasuredHandler, DelayedHandler] });
    const producer = api.get(JobProducer);
    for (const number of [0, 0, 0, 1, 2]) await producer.enqueue(measured, { number });
    await producer.enqueue(delayed, { number: 0 }, { runAt: new Date(Date.now() + 3_600_000) });
    // Without asking for the others: what is in the ledger is read once in ten seconds.
    const attempts = () => worker.get(Metrics).registry.getSingleMetricAsString('job_duration_seconds');
    await until('all have run', async () => (await attempts()).includes('name="test-measured"} 6'));
    await until('the ledger knows', async () => {
      const counts = await api.get(JobFiguresRepository).byQueueAndState();
      const states = counts.map(({ queue, state }) => `${queue} ${state}`);
      return states.includes('email dead') && states.includes('reports published');
    });
    await until('Redis knows', async () => (await api.get(Queues).get('reports').getDelayedCount()) === 1);
  });
  afterAll(async () => {
    await worker?.[Symbol.asyncDispose]();
    await api?.close();
  });

  it('tell of the worker how long attempts took and how many failed', async () => {
    const samples = samplesOf(await ofWorker());
    const labels = 'queue="email",name="test-measured"';
    expect(samples.get(`job_attempts_failed_total{${labels}}`)).toBe(2);
    expect(samples.get(`job_duration_seconds_bucket{le="+Inf",${labels}}`)).toBe(6);
  });

  it('tell of every process what is in the ledger and in Redis, by queue and state', async () => {
    const settled = async (tell: () => Promise<string>) => {
      let samples = new Map<string, number>();
      await until('it tells of the job that died and of the one to come', async () => {
        samples = samplesOf(await tell());
        return (
          samples.get('jobs_ledger{queue="email",state="dead"}') === 1 &&
          samples.get('jobs_ledger{queue="reports",state="published"}') === 1 &&
          samples.get('queue_jobs{queue="reports",state="delayed"}') === 1
        );
      });
      return samples;
    };
    for (const samples of await Promise.all([settled(ofApi), settled(ofWorker)])) {
      // It is due in an hour: it does not wait for anybody.
      expect(samples.get('jobs_ledger_oldest_seconds{queue="reports",state="published"}')).toBe(0);
      expect(samples.get('jobs_ledger_oldest_seconds{queue="email",state="dead"}')).toBeGreaterThan(0);
      expect(samples.get('jobs_ledger{queue="data-processing",state="pending"}')).toBe(0);
    }
  });

  it('are all that the alerts and the dashboard ask for', async () => {
    const known = new Set<string>();
    for (const text of [await ofApi(), await ofWorker()]) {
      for (const [, name = '', kind] of text.matchAll(/^# TYPE (\S+) (\w+)$/gm)) {
        known.add(name);
        if (kind === 'histogram') for (const part of ['bucket', 'count', 'sum']) known.add(`${name}_${part}`);
      }
    }
    const queries = [...queriesOfAlerts(), ...queriesOfDashboard()];
    expect(queries.length).toBeGreaterThan(30);
    for (const query of queries) {
      const names = namesIn(query);
      if (!query.startsWith('up{')) expect(names, query).not.toEqual([]);
      expect(
        names.filter((name) => !known.has(name)),
        `${query}: no process has these metrics`,
      ).toEqual([]);
    }
  });
});

describe('the alerts', () => {
  async function promtoolOrSkip({ skip }: TestContext): Promise<string> {
    let why = '';
    const promtool = await findPromtool((line) => (why = line));
    return promtool ?? skip(why);
  }

  it('are rules of Prometheus, and come when they should', async (context) => {
    const promtool = await promtoolOrSkip(context);
    const rules = await checkedBy(promtool, 'check', 'rules', 'ops/prometheus/alerts.yml');
    expect(rules).toMatch(/SUCCESS: \d+ rules found/);
    const config = 'ops/prometheus/prometheus.yml';
    expect(await checkedBy(promtool, 'check', 'config', '--syntax-only', config)).toContain('SUCCESS');
    const tests = await checkedBy(promtool, 'test', 'rules', 'ops/prometheus/alerts.test.yml');
    expect(tests).toContain('SUCCESS');
  }, 90_000);
});

describe('metrics while database and Redis are frozen', () => {
  let services: ProxiedServices;
  let api: RunningApi;
  beforeAll(async () => {
    services = await proxiedServices();
    api = await startApi(services.settings);
  });
  afterAll(async () => {
    await Promise.all([services?.mongo.restore(), services?.redis.restore()]);
    await api?.close();
    await services?.close();
  });

  it('are answered all the same, without what nobody knows', async () => {
    services.mongo.freeze();
    services.redis.freeze();
    const start = performance.now();
    const [first] = await Promise.all(Array.from({ length: 10 }, () => api.client.get('/metrics')));
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(first?.status).toBe(200);
    const names = [...samplesOf(first?.text ?? '').keys()];
    expect(names).toContain('process_cpu_seconds_total');
    expect(names.filter((name) => /^(jobs_ledger|queue_jobs)/.test(name))).toEqual([]);
    const again = await fastest(1_000, async () =>
      expect((await api.client.get('/metrics')).status).toBe(200),
    );
    expect(again).toBeLessThan(1_000);
  });
});
