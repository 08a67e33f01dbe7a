import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { SpanKind, type Span } from '@opentelemetry/api';
import mongoose, { type Connection, type mongo } from 'mongoose';
import { requestContext } from '../../common/request-context.js';
import { fail, Tracing } from '../telemetry/tracing.js';

type Client = ReturnType<Connection['getClient']>;

/**
 * A span for each command to the database that belongs to a recorded request or job, from the driver's own events. What
 * the process asks for itself (signals, sweeps, heartbeats) has none. Commands are named, never shown: their values are
 * people's.
 */
@Injectable()
export class CommandSpans {
  private readonly running = new Map<number, Span>();

  constructor(
    @InjectConnection() connection: Connection,
    private readonly tracing: Tracing,
  ) {
    if (!tracing.isOn) return;
    // Each attempt to connect has a client of its own, made right after this event and before anything is opened.
    connection.on('connecting', () => queueMicrotask(() => this.watch(connection.getClient())));
  }

  private watch(client: Client): void {
    client.on('commandStarted', (event) => this.started(event));
    client.on('commandSucceeded', ({ requestId }) => this.take(requestId)?.end());
    client.on('commandFailed', ({ requestId, failure }) => {
      const span = this.take(requestId);
      if (span === undefined) return;
      fail(span, codeOf(failure));
      span.end();
    });
  }
  private started({
    requestId,
    commandName,
    databaseName,
    command,
    address,
  }: mongo.CommandStartedEvent): void {
    const { span: parent } = requestContext.current() ?? {};
    if (parent === undefined) return;
    const collection = collectionOf(commandName, command);
    const name = collection === undefined ? commandName : `${commandName} ${collection}`;
    const span = this.tracing.start(name, SpanKind.CLIENT, parent.spanContext());
    if (span === undefined) return;
    const [, host = address, port] = /^(.*):(\d+)$/.exec(address) ?? [];
    span.setAttributes({
      'db.system.name': 'mongodb',
      'db.namespace': databaseName,
      'db.operation.name': commandName,
      ...(collection !== undefined && { 'db.collection.name': collection }),
      'server.address': host,
      ...(port !== undefined && { 'server.port': Number(port) }),
    });
    this.running.set(requestId, span);
  }

  private take(requestId: number): Span | undefined {
    const span = this.running.get(requestId);
    if (span !== undefined) this.running.delete(requestId);
    return span;
  }
}

function collectionOf(commandName: string, command: mongo.Document): string | undefined {
  const target: unknown = commandName === 'getMore' ? command['collection'] : command[commandName];
  return typeof target === 'string' ? target : undefined;
}

/** Never the message: a duplicate key's has the value in it. */
function codeOf(failure: Error): string {
  const { MongoServerError } = mongoose.mongo;
  if (!(failure instanceof MongoServerError)) return failure.name;
  return failure.codeName ?? String(failure.code ?? failure.name);
}
