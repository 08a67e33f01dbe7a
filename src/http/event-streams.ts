import { PassThrough } from 'node:stream';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DomainError } from '../common/domain-error.js';
import type { Principal } from '../common/principal.js';
import { SignalFeed } from '../infrastructure/mongo/signals/signal-feed.js';
import type { Signal } from '../infrastructure/mongo/signals/signal.js';

const mostStreams = 5_000;
/** Of one user with all sessions and keys, so that nobody takes those of everybody else. */
const mostOfOneUser = 1_000;
/** Bytes that may wait for a client who does not read. */
const longestBacklog = 256 * 1_024;
const heartbeat = 15_000;
/** Milliseconds after which a client has to come again, and is judged again. */
const longestLife = 60 * 60_000;
/** Milliseconds for which a browser waits before it comes again. */
const retry = 2_000;

export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** One open answer of the type text/event-stream. */
export interface EventStream {
  send(event: ServerSentEvent): void;
  end(): void;
  /** Called once, whoever ended it. */
  onClose(listener: () => void): void;
}

interface OpenStream {
  readonly output: PassThrough;
  readonly principal: Principal;
  readonly until: number;
}

/**
 * Every stream of events that is open in this process (HTML standard, section 9.2). A revocation, a change of rights
 * or a shutdown ends them: whoever may still listen comes again and is told where things stand.
 */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly streams = new Set<OpenStream>();
  private readonly timer = setInterval(() => this.beat(), heartbeat).unref();
  private closing = false;

  constructor(feed: SignalFeed) {
    feed.onSignal((signal) => this.endWhere(({ principal }) => isAbout(signal, principal)));
  }

  /**
   * Answers with a stream.
   * @throws DomainError TOO_MANY_STREAMS: unavailable when the process ends, or has too many of them; too-many when the
   * user has.
   */
  open(reply: FastifyReply, principal: Principal): EventStream {
    if (this.closing || this.streams.size >= mostStreams) {
      throw new DomainError('unavailable', 'TOO_MANY_STREAMS', 'No more streams, please try again.', {
        retryAfter: 1,
      });
    }
    if (this.countOf(principal) >= mostOfOneUser) {
      throw new DomainError(
        'too-many',
        'TOO_MANY_STREAMS',
        `You have ${mostOfOneUser} streams open here: close some first.`,
        { retryAfter: 1 },
      );
    }
    const output = new PassThrough();
    const stream = { output, principal, until: Date.now() + longestLife };
    this.streams.add(stream);
    output.on('close', () => this.streams.delete(stream));
    output.on('error', () => undefined);
    output.write(`retry: ${retry}\n\n`);
    void reply
      .header('Content-Type', 'text/event-stream; charset=utf-8')
      .header('Cache-Control', 'no-store')
      .header('X-Accel-Buffering', 'no')
      .send(output);
    return {
      send: (event) => write(output, textOf(event)),
      end: () => output.end(),
      onClose: (listener) => output.on('close', listener),
    };
  }

  /** Ends all of them and opens no other. Call it before the server is drained: it would wait for them. */
  closeAll(): void {
    this.closing = true;
    this.endWhere(() => true);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.closeAll();
  }

  private countOf({ userId }: Principal): number {
    let count = 0;
    for (const { principal } of this.streams) if (principal.userId === userId) count += 1;
    return count;
  }

  private endWhere(fits: (stream: OpenStream) => boolean): void {
    for (const stream of this.streams) if (fits(stream)) stream.output.end();
  }

  private beat(): void {
    this.endWhere(({ until }) => Date.now() > until);
    for (const { output } of this.streams) write(output, ':\n\n');
  }
}

function write(output: PassThrough, text: string): void {
  if (output.writableEnded || output.destroyed) return;
  if (output.writableLength + output.readableLength > longestBacklog) output.destroy();
  else output.write(text);
}

function textOf({ id, event, data }: ServerSentEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function isAbout(signal: Signal, principal: Principal): boolean {
  switch (signal.kind) {
    case 'session':
      return principal.kind === 'user' && principal.sessionId === signal.id;
    case 'api-key':
      return principal.kind === 'apiKey' && principal.keyId === signal.id;
    case 'user':
      return principal.userId === signal.id;
    case 'role':
      // Whose role it is nobody knows here: all come again, and are judged again.
      return true;
    default:
      return false;
  }
}
