import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import mongoose from 'mongoose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { requestContext } from '../../common/request-context.js';
import { Tracing } from '../telemetry/tracing.js';
import { CommandSpans } from './command-spans.js';

const { MongoClient, MongoServerError } = mongoose.mongo;
const server = {
  databaseName: 'shop',
  address: '10.0.0.7:27017',
  serverConnectionId: null,
  hasServiceId: false,
};

afterEach(() => vi.restoreAllMocks());

/** A client that connects to nothing, with its events watched, and a request whose trace is recorded. */
async function watched() {
  const exporter = new InMemorySpanExporter();
  const tracer = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  }).getTracer('test');
  const tracing = new Tracing({
    start: (name, kind, parent) =>
      tracer.startSpan(
        name,
        { kind },
        parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
      ),
    end: () => Promise.resolve(),
  });
  const connection = mongoose.createConnection();
  const client = new MongoClient('mongodb://127.0.0.1:9');
  vi.spyOn(connection, 'getClient').mockReturnValue(client);
  expect(new CommandSpans(connection, tracing)).toBeDefined();
  connection.emit('connecting');
  await Promise.resolve();
  const span = tracer.startSpan('GET /api/users', { kind: SpanKind.SERVER });
  const context = { requestId: 'r', trace: span.spanContext(), span, ip: '', route: 'test' };
  const start = (requestId: number, commandName: string, command: mongoose.mongo.Document): void => {
    client.emit('commandStarted', { ...server, requestId, commandName, command });
  };
  return {
    client,
    start: (...args: Parameters<typeof start>) => requestContext.run(context, () => start(...args)),
    startOutside: start,
    spanId: span.spanContext().spanId,
    spans: () => exporter.getFinishedSpans(),
  };
}

describe('CommandSpans', () => {
  it('names each command of a request and shows none', async () => {
    const { client, start, spanId, spans } = await watched();
    start(1, 'find', { find: 'users', filter: { email: 'grace@example.com' } });
    start(2, 'getMore', { getMore: 7n, collection: 'users' });
    start(3, 'commitTransaction', { commitTransaction: 1 });
    for (const [requestId, commandName] of [
      [2, 'getMore'],
      [1, 'find'],
      [3, 'commitTransaction'],
    ] as const) {
      client.emit('commandSucceeded', { ...server, requestId, commandName, duration: 1, reply: {} });
    }
    expect(spans().map(({ name }) => name)).toEqual(['getMore users', 'find users', 'commitTransaction']);
    expect(spans()[1]).toMatchObject({
      kind: SpanKind.CLIENT,
      parentSpanContext: { spanId },
      attributes: {
        'db.system.name': 'mongodb',
        'db.namespace': 'shop',
        'db.operation.name': 'find',
        'db.collection.name': 'users',
        'server.address': '10.0.0.7',
        'server.port': 27_017,
      },
    });
    expect(JSON.stringify(spans().map(({ attributes }) => attributes))).not.toContain('grace');
  });

  it.each([
    [
      new MongoServerError({ message: 'dup key: grace', code: 11_000, codeName: 'DuplicateKey' }),
      'DuplicateKey',
    ],
    [new MongoServerError({ message: 'dup key: grace', code: 11_000 }), '11000'],
    [new RangeError('grace'), 'RangeError'],
  ])('says of a failure no more than its kind', async (failure, type) => {
    const { client, start, spans } = await watched();
    start(1, 'insert', { insert: 'users' });
    client.emit('commandFailed', { ...server, requestId: 1, commandName: 'insert', duration: 1, failure });
    const [span] = spans();
    expect([span?.status, span?.attributes['error.type']]).toEqual([{ code: SpanStatusCode.ERROR }, type]);
    expect(JSON.stringify([span?.attributes, span?.events])).not.toContain('grace');
  });

  it('leaves out what belongs to no recorded request', async () => {
    const { client, startOutside, spans } = await watched();
    startOutside(1, 'find', { find: 'signals' });
    client.emit('commandSucceeded', {
      ...server,
      requestId: 1,
      commandName: 'find',
      duration: 1,
      reply: {},
    });
    client.emit('commandFailed', {
      ...server,
      requestId: 1,
      commandName: 'find',
      duration: 1,
      failure: new Error('gone'),
    });
    expect(spans()).toEqual([]);
  });

  it('watches nothing while traces are off', () => {
    const connection = mongoose.createConnection();
    const before = connection.listenerCount('connecting');
    expect(new CommandSpans(connection, new Tracing(undefined))).toBeDefined();
    expect(connection.listenerCount('connecting')).toBe(before);
  });
});
