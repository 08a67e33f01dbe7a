import type { Socket } from 'node:net';
import { ByteQueue } from './wire/byte-queue.js';
import { HEADER_BYTES, messageLength, readMessage } from './wire/message.js';
import { frameReply } from './wire/reply.js';
import { readRequest, type Request } from './request.js';
import type { Client } from './work.js';

/** While a command runs, at most about this much of what the client sends next is read. */
const READ_AHEAD = 1024 * 1024;

/** Whoever answers commands. */
export interface Answerer {
  answer(request: Request, client: Client): Promise<Buffer>;
}

/**
 * One client's connection. Its commands run one after the other, and the next is only begun when the client took the
 * last answer off: neither what it sends nor what it does not read piles up here.
 */
export class ClientConnection implements Client {
  readonly peer: string;
  private readonly input = new ByteQueue();
  private running = false;
  private closed = false;
  /** Since when the rest of a message, or the taking off of an answer, is waited for; 0 when neither is. */
  private waitingSince = 0;
  private drained: (() => void) | null = null;

  constructor(
    readonly id: number,
    private readonly socket: Socket,
    private readonly answerer: Answerer,
    private readonly log: (line: string) => void,
    onLeft: () => void,
  ) {
    this.peer = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('drain', () => this.drained?.());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
      this.drained?.();
      onLeft();
    });
  }

  /** Ends the connection at once. */
  cut(): void {
    this.closed = true;
    this.socket.destroy();
  }

  /** Ends the connection when the client has been in the middle of something for longer than `limit` milliseconds. */
  cutIfStalled(now: number, limit: number): void {
    if (this.waitingSince === 0 || now - this.waitingSince <= limit) return;
    this.log(`${this.peer} was cut off: it stalled in the middle of a message`);
    this.cut();
  }

  private receive(chunk: Buffer): void {
    this.input.push(chunk);
    if (!this.running) void this.pump();
    else if (this.input.length > READ_AHEAD) this.socket.pause();
  }

  private async pump(): Promise<void> {
    this.running = true;
    try {
      for (let frame = this.nextFrame(); frame !== null && !this.closed; frame = this.nextFrame()) {
        this.waitingSince = 0;
        const message = readMessage(frame);
        const answer = await this.answerer.answer(readRequest(message), this);
        if (message.answered && !this.closed) await this.send(frameReply(message, answer));
      }
      this.waitingSince = this.input.length > 0 ? this.waitingSince || Date.now() : 0;
      if (this.socket.isPaused()) this.socket.resume();
    } catch (error) {
      this.log(`${this.peer} was cut off: ${error instanceof Error ? error.message : String(error)}`);
      this.cut();
    } finally {
      this.running = false;
    }
  }

  private nextFrame(): Buffer | null {
    const header = this.input.peek(HEADER_BYTES);
    return header === null ? null : this.input.take(messageLength(header));
  }

  private async send(pieces: readonly Buffer[]): Promise<void> {
    let flowing = true;
    if (pieces.length > 1) this.socket.cork();
    for (const piece of pieces) flowing = this.socket.write(piece);
    if (pieces.length > 1) this.socket.uncork();
    if (flowing) return;
    this.waitingSince = Date.now();
    await new Promise<void>((resolve) => {
      this.drained = resolve;
    });
    this.drained = null;
    this.waitingSince = 0;
  }
}
