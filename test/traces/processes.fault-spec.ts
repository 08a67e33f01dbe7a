import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createConnection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, isolatedSettings } from '../support/app.js';
import { Client, type Json } from '../support/client.js';
import { Program } from '../support/program.js';
import { Collector } from './collector.js';
import { loadedBy, tellsLoaded } from './loaded.js';

const boot = 60_000;
const mail = { name: 'send-email', data: { to: 'grace@example.com', subject: 'Hello', body: 'You' } };

function newTrace() {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01` } };
}

/** API and worker over a database and queues of their own. */
class Pair implements AsyncDisposable {
  private constructor(
    readonly api: Program,
    readonly worker: Program,
    readonly admin: Client,
    private readonly database: string,
  ) {}

  static async start(
    settings: Readonly<Record<string, string>>,
    ofWorker: Readonly<Record<string, string>> = {},
  ): Promise<Pair> {
    const all: Record<string, string> = {
      ...isolatedSettings(),
      LOG_LEVEL: 'info',
      WORKER_PORT: '0',
      ...tellsLoaded,
      ...settings,
    };
    const api = new Program('dist/main.js', all);
    const worker = new Program('dist/worker.js', { ...all, ...ofWorker });
    const { url } = await api.line(({ message }) => String(message) === 'listening', boot);
    await worker.line(({ message }) => String(message) === 'taking jobs', boot);
    const client = new Client(String(url));
    await expect.poll(async () => (await client.get('/health/ready')).status, { timeout: boot }).toBe(200);
    return new Pair(api, worker, await client.login(administrator), all['MONGODB_URI'] ?? '');
  }

  /** The log lines of a request and of the job that it asked for. */
  async lines(trace: ReturnType<typeof newTrace>): Promise<{ request: Json; job: Json }> {
    const reply = await this.admin.post('/api/queues/email/jobs', mail, { headers: trace.headers });
    expect(reply.status).toBe(202);
    const requestId = reply.headers.get('x-request-id') ?? '';
    const isOf = (line: Json): boolean => String(line.requestId) === requestId;
    return {
      request: await this.api.line((line) => isOf(line) && String(line.message) === 'request'),
      job: await this.worker.line((line) => isOf(line) && String(line.message) === 'job done'),
    };
  }

  /** Both exit statuses after SIGTERM. */
  end(): Promise<(number | string)[]> {
    return Promise.all([this.api.end('SIGTERM'), this.worker.end('SIGTERM')]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.api[Symbol.asyncDispose](), this.worker[Symbol.asyncDispose]()]);
    const connection = await createConnection(this.database).asPromise();
    await connection.dropDatabase();
    await connection.close();
  }
}

describe('traces of real processes', () => {
  let collector: Collector;
  beforeAll(async () => {
    collector = await Collector.start();
  });
  afterAll(() => collector?.[Symbol.asyncDispose]());

  it('are sent before a process ends, and named in the log lines of API and worker', async () => {
    const trace = newTrace();
    await using pair = await Pair.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_SERVICE_NAME: 'shop',
      // Nothing leaves by itself while the test runs.
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    });
    const { request, job } = await pair.lines(trace);
    expect(collector.of(trace.traceId)).toEqual([]);
    expect(await pair.end()).toEqual([0, 0]);

    const spans = collector.of(trace.traceId);
    expect(spans.map(({ service }) => service)).toEqual(spans.map(() => 'shop'));
    const named = (name: string) => spans.find((span) => span.name === name);
    const [server, enqueued, run] = [
      'POST /api/queues/:queue/jobs',
      'enqueue send-email',
      'process send-email',
    ].map(named);
    expect([server?.parentSpanId, enqueued?.parentSpanId, run?.parentSpanId]).toEqual([
      trace.spanId,
      server?.spanId,
      enqueued?.spanId,
    ]);
    expect(spans.filter(({ parentSpanId }) => parentSpanId === run?.spanId).length).toBeGreaterThan(0);
    expect(request).toMatchObject({ traceId: trace.traceId, spanId: server?.spanId });
    expect(job).toMatchObject({ traceId: trace.traceId, spanId: run?.spanId });
    expect(pair.api.errorOutput + pair.worker.errorOutput).toBe('');
  });

  it('that are off load nothing, and leave the trace of the caller in the lines', async () => {
    const trace = newTrace();
    await using pair = await Pair.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SDK_DISABLED: 'true',
    });
    const { request, job } = await pair.lines(trace);
    expect([String(request.traceId), String(job.traceId)]).toEqual([trace.traceId, trace.traceId]);
    expect([request.spanId, job.spanId]).toEqual([undefined, undefined]);
    const loaded = [await loadedBy(pair.api), await loadedBy(pair.worker)];
    expect(loaded).toEqual([['@opentelemetry/api'], ['@opentelemetry/api']]);
    expect(await pair.end()).toEqual([0, 0]);
    expect(collector.of(trace.traceId)).toEqual([]);
  });

  it('of the ratio 0 are not sent, whatever a caller says, and have ids in the lines all the same', async () => {
    const before = collector.requests.length;
    await using pair = await Pair.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    const { request, job } = await pair.lines(newTrace());
    expect(String(request.traceId)).toMatch(/^[0-9a-f]{32}$/);
    expect(String(job.traceId)).toBe(String(request.traceId));
    expect(await pair.end()).toEqual([0, 0]);
    expect(collector.requests).toHaveLength(before);
  });

  it('harm nothing while their collector is frozen or away', async () => {
    // Takes connections and never answers.
    const frozen = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(frozen, 'listening');
    const address = frozen.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    const settings = { OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_BSP_MAX_QUEUE_SIZE: '50' };
    await using pair = await Pair.start(
      {
        ...settings,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${address.port}`,
        OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      },
      // Of loopback's discard port nobody answers.
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '500' },
    );
    const statuses = new Set<number>();
    for (let round = 0; round < 100; round++) {
      const replies = await Promise.all(
        Array.from({ length: 8 }, () => pair.admin.get('/api/users?limit=1', newTrace())),
      );
      for (const { status } of replies) statuses.add(status);
    }
    expect([...statuses]).toEqual([200]);
    for (let count = 0; count < 20; count++) await pair.lines(newTrace());

    const told = ({ message }: Json): boolean => String(message) === 'spans cannot be exported now';
    await pair.api.line(told);
    await pair.worker.line(told);
    expect([pair.api, pair.worker].map(({ lines }) => lines.filter(told).length)).toEqual([1, 1]);
    const began = performance.now();
    expect(await pair.end()).toEqual([0, 0]);
    // Of the 30 s that a shutdown has, traces may use 3.
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(pair.api.errorOutput + pair.worker.errorOutput).toBe('');
    frozen.close();
  });
});
