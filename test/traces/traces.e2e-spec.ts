import { randomBytes } from 'node:crypto';
import { getConnectionToken } from '@nestjs/mongoose';
import { Types, type Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorker, until, useIsolatedSettings, type RunningContext } from '../jobs/support.js';
import { administrator, startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';
import { Collector, type CollectedSpan } from './collector.js';

const [server, client, producer, consumer] = [2, 3, 4, 5];

function newTrace() {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  const header = (flags: string) => ({ headers: { traceparent: `00-${traceId}-${spanId}-${flags}` } });
  return { traceId, spanId, header };
}

describe('traces', () => {
  let collector: Collector;
  let api: RunningApi;
  let worker: RunningContext;
  let admin: Client;

  beforeAll(async () => {
    collector = await Collector.start();
    const settings = useIsolatedSettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=one%20two',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_TRACES_SAMPLER: 'parentbased_always_off',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    api = await startApi(settings);
    worker = await startWorker();
    admin = await api.asAdministrator();
  });

  afterAll(async () => {
    await worker?.[Symbol.asyncDispose]();
    await api?.close();
    await collector?.[Symbol.asyncDispose]();
  });

  /** The spans of the trace, once there is one of each kind: processes send theirs when they like. */
  async function spansOf(
    traceId: string,
    ...kinds: readonly (number | undefined)[]
  ): Promise<CollectedSpan[]> {
    await until('the spans arrive', () =>
      kinds.every((kind) => collector.of(traceId).some((span) => span.kind === kind)),
    );
    return collector.of(traceId);
  }

  const only = (spans: readonly CollectedSpan[], kind: number | undefined): CollectedSpan => {
    const [span, ...others] = spans.filter((each) => each.kind === kind);
    if (span === undefined || others.length > 0) throw new Error(JSON.stringify(spans));
    return span;
  };
  const childrenOf = (spans: readonly CollectedSpan[], { spanId }: CollectedSpan): string[] =>
    spans.filter(({ parentSpanId }) => parentSpanId === spanId).map(({ name }) => name);

  it("are one from the caller's span through HTTP, the database and the ledger to the effect of the job", async () => {
    const trace = newTrace();
    const body = { email: 'traced@example.com', name: 'Traced' };
    const created = await admin.post('/api/users', body, trace.header('01'));
    expect(created.status).toBe(201);

    const spans = await spansOf(trace.traceId, server, consumer);
    const request = only(spans, server);
    const enqueued = only(spans, producer);
    const job = only(spans, consumer);
    expect(request).toMatchObject({
      parentSpanId: trace.spanId,
      service: 'nexus-api',
      name: 'POST /api/users',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/api/users',
        'url.path': '/api/users',
        'http.response.status_code': 201,
        'nexus.request.id': created.headers.get('x-request-id'),
      },
    });
    expect(childrenOf(spans, request)).toEqual(
      expect.arrayContaining(['insert users', 'enqueue account-mail', 'commitTransaction']),
    );
    expect(enqueued).toMatchObject({
      parentSpanId: request.spanId,
      name: 'enqueue account-mail',
      attributes: { 'messaging.destination.name': 'email', 'nexus.job.name': 'account-mail' },
    });
    expect(childrenOf(spans, enqueued)).toEqual(
      expect.arrayContaining(['insert jobs', 'process account-mail']),
    );
    expect(job).toMatchObject({ parentSpanId: enqueued.spanId, service: 'nexus-worker', status: 0 });
    // The token that the mail carries, and the mark that it was sent.
    expect(childrenOf(spans, job)).toEqual(
      expect.arrayContaining(['insert oneTimeTokens', 'update effectMarks']),
    );
    const effect = spans.find(({ name }) => name === 'insert oneTimeTokens');
    expect(effect).toMatchObject({
      kind: client,
      service: 'nexus-worker',
      attributes: {
        'db.system.name': 'mongodb',
        'db.namespace': api.database,
        'db.collection.name': 'oneTimeTokens',
        'server.address': expect.any(String),
      },
    });
    expect(JSON.stringify(spans)).not.toMatch(/traced@example\.com|Bearer/);
    expect(
      new Set(collector.requests.map(({ path, headers }) => `${path} ${String(headers['x-tenant'])}`)),
    ).toEqual(new Set(['/v1/traces one two']));
    expect(collector.requests[0]?.body.toString()).toContain('"deployment.environment.name"');
  });

  it('have the database below a read that is recorded, and say what went wrong without its words', async () => {
    const refused = newTrace();
    await admin.get('/api/audit?limit=1&actor=secret-actor', refused.header('01'));
    expect(JSON.stringify(await spansOf(refused.traceId, server))).not.toContain('secret-actor');

    const trace = newTrace();
    await admin.get('/api/audit?limit=1', trace.header('01'));
    const spans = await spansOf(trace.traceId, server);
    expect(only(spans, server).attributes).toMatchObject({ 'url.path': '/api/audit', 'url.scheme': 'http' });
    expect(childrenOf(spans, only(spans, server))).toContain('find auditEntries');

    const duplicate = newTrace();
    const again = await admin.post('/api/users', { ...administrator, name: 'Again' }, duplicate.header('01'));
    expect(again.status).toBe(409);
    const failed = await spansOf(duplicate.traceId, server);
    expect(only(failed, server)).toMatchObject({
      status: 0,
      attributes: { 'http.response.status_code': 409, 'nexus.failure.code': 'EMAIL_TAKEN' },
    });
    expect(JSON.stringify(failed)).not.toContain(administrator.email);
  });

  it('that nobody records send nothing, and their jobs still know them', async () => {
    const trace = newTrace();
    const mail = { to: 'grace@example.com', subject: 'Hello', body: 'You' };
    const path = '/api/queues/email/jobs';
    const quiet = await admin.post(path, { name: 'send-email', data: mail }, trace.header('00'));
    const bad = await admin.post(
      path,
      { name: 'send-email', data: mail },
      { headers: { traceparent: `00-${trace.traceId}-${'0'.repeat(16)}-01` } },
    );
    expect([quiet.status, bad.status]).toEqual([202, 202]);

    const jobs = api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('jobs');
    const rowOf = (id: unknown) => jobs.findOne({ _id: new Types.ObjectId(String(id)) });
    expect(await rowOf(quiet.body.data?.id)).toMatchObject({
      traceparent: expect.stringMatching(new RegExp(`^00-${trace.traceId}-[0-9a-f]{16}-00$`)),
    });
    // A trace of its own, since the caller's is none; the sampler does not record it.
    const own = String((await rowOf(bad.body.data?.id))?.['traceparent']);
    expect(own).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(own).not.toContain(trace.traceId);
    for (const { body } of [quiet, bad]) {
      await until('the job is done', async () => (await rowOf(body.data?.id))?.['state'] === 'done');
    }
    // Spans are sent in their order: what follows comes after what there could have been.
    const later = newTrace();
    await admin.get('/api/users/me', later.header('01'));
    await spansOf(later.traceId, server);
    expect(collector.of(trace.traceId)).toEqual([]);
    expect(collector.spans.filter(({ parentSpanId }) => parentSpanId === '')).toEqual([]);
  });

  it('leave out the probes', async () => {
    const trace = newTrace();
    await api.client.get('/health', trace.header('01'));
    await admin.get('/api/users/me', trace.header('01'));
    await spansOf(trace.traceId, server);
    const requests = collector.of(trace.traceId).filter(({ kind }) => kind === server);
    expect(requests.map(({ name }) => name)).toEqual(['GET /api/users/me']);
  });

  it('run a job whose row is older than traces', async () => {
    const jobs = api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('jobs');
    const row = await jobs.findOne({ name: 'send-email' }, { projection: { traceparent: 0 } });
    const _id = new Types.ObjectId();
    await jobs.insertOne({ ...row, _id, state: 'pending', pendingSince: new Date(0), expireAt: null });
    await until('it is done', async () => (await jobs.findOne({ _id }))?.['state'] === 'done');
    expect(await jobs.findOne({ _id })).not.toHaveProperty('traceparent');
  });
});
