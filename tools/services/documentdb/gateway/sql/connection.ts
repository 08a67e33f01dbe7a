import { connect, type Socket } from 'node:net';
import { ByteQueue } from '../wire/byte-queue.js';
import type { Row } from './decode.js';
import {
  encodeCancel,
  encodeExecute,
  encodeParse,
  encodePassword,
  encodeSimple,
  encodeStartup,
  SYNC,
  type SqlValue,
  type Statement,
} from './encode.js';
import { EngineGoneError } from './errors.js';
import { Outbox } from './outbox.js';
import { ReplyQueue } from './reply-queue.js';

/** Where PostgreSQL listens, on this machine: the password, if it wants one, goes in clear. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database?: string;
  readonly password?: string;
}

const CONNECT_MS = 5_000;
const READ_BYTES = 64 * 1024;
const AUTHENTICATION = 0x52;
const BACKEND_KEY_DATA = 0x4b;
const AUTHENTICATED = 0;
const CLEAR_TEXT_PASSWORD = 3;

/**
 * One PostgreSQL session, by protocol 3.0 with everything binary. Statements may be given one after the other without
 * waiting: they are answered in order, and each stands alone. Every statement here gives one row at most.
 */
export class PgConnection {
  private readonly input = new ByteQueue();
  private readonly replies = new ReplyQueue((name) => this.prepared.delete(name));
  private readonly prepared = new Set<string>();
  private backendKey: Buffer = Buffer.alloc(0);
  private gone: EngineGoneError | null = null;
  private readonly outbox: Outbox;
  private established = false;
  /** When the pool got it back, by the pool's clock. */
  idleSince = 0;

  private constructor(
    private readonly address: PostgresAddress,
    private readonly socket: Socket,
    private readonly onLost: () => void,
  ) {
    this.outbox = new Outbox(socket);
  }

  /**
   * `onLost` is called when the session ends and nobody closed it.
   * @throws EngineGoneError when nobody answers or the server is not ready; SqlError when it refuses.
   */
  static async open(address: PostgresAddress, onLost: () => void): Promise<PgConnection> {
    // One buffer for all that is read, copied out by the little that came: a fresh 64 kB for each would keep the
    // garbage collector busy.
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const onread = {
      buffer,
      callback: (length: number): boolean => {
        connection.receive(Buffer.from(buffer.subarray(0, length)));
        return true;
      },
    };
    const socket = connect({ host: address.host, port: address.port, noDelay: true, onread });
    const connection: PgConnection = new PgConnection(address, socket, onLost);
    socket.on('error', (error) => connection.end(`the engine's connection failed: ${error.message}`));
    socket.on('close', () => connection.end('the engine closed the connection'));
    socket.setTimeout(CONNECT_MS, () => connection.end('the engine did not answer in time'));
    const ready = connection.replies.expect();
    socket.write(encodeStartup(address.user, address.database ?? 'postgres'));
    try {
      await ready;
    } catch (error) {
      connection.close();
      throw error;
    }
    socket.setTimeout(0);
    connection.established = true;
    return connection;
  }

  get usable(): boolean {
    return this.gone === null;
  }

  /**
   * Runs a prepared statement; answers its first row, or null when there is none.
   * @throws SqlError, or EngineGoneError when the connection broke before the answer.
   */
  async run(statement: Statement, values: readonly SqlValue[]): Promise<Row | null> {
    return this.send(statement, values, true);
  }

  /**
   * Runs one prepared statement with each of several values, as one message and one implicit transaction; each has an
   * answer of its own. Only for reads: when one fails, those after it are not run (SkippedError).
   */
  runTogether(statement: Statement, list: readonly (readonly SqlValue[])[]): Promise<Row | null>[] {
    const answers = list.map((values) => this.send(statement, values, false));
    if (this.gone === null) {
      this.replies.expect().catch(() => undefined);
      this.outbox.send(SYNC);
    }
    return answers;
  }

  /** Runs statements without parameters and answers. @throws as `run` does. */
  async simple(sql: string): Promise<void> {
    if (this.gone !== null) throw this.gone;
    const answer = this.replies.expect();
    this.outbox.send(encodeSimple(sql));
    await answer;
  }

  /** Asks the engine to cancel what this session is doing; answers when the engine has taken note. */
  async cancel(): Promise<void> {
    await new Promise<void>((resolve) => {
      const socket = connect({ host: this.address.host, port: this.address.port });
      socket.setTimeout(CONNECT_MS, () => socket.destroy());
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.resume();
      socket.write(encodeCancel(this.backendKey));
    });
  }

  /** Ends the session; whatever it had open is rolled back by the engine. */
  close(): void {
    this.end('the connection was closed', true);
  }

  private send(statement: Statement, values: readonly SqlValue[], ends: boolean): Promise<Row | null> {
    if (this.gone !== null) return Promise.reject(this.gone);
    const { name } = statement;
    const known = this.prepared.has(name);
    const answer = this.replies.expect(known ? null : name, !ends);
    if (!known) {
      this.prepared.add(name);
      this.outbox.send(encodeParse(statement));
    }
    this.outbox.send(...encodeExecute(name, values, ends));
    return answer;
  }

  private receive(chunk: Buffer): void {
    if (this.input.length === 0) {
      const used = this.handleWhole(chunk);
      if (used < chunk.length) this.input.push(chunk.subarray(used));
      return;
    }
    this.input.push(chunk);
    for (let head = this.input.peek(5); head !== null; head = this.input.peek(5)) {
      const message = this.input.take(head.readInt32BE(1) + 1);
      if (message === null) return;
      this.handle(message, 0, message.length);
    }
  }

  /** Handles the whole messages that a chunk begins with; answers where the first that is not whole begins. */
  private handleWhole(chunk: Buffer): number {
    let at = 0;
    while (at + 5 <= chunk.length) {
      const end = at + chunk.readInt32BE(at + 1) + 1;
      if (end > chunk.length) break;
      this.handle(chunk, at, end);
      at = end;
    }
    return at;
  }

  private handle(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start] ?? 0;
    const body = start + 5;
    if (type === BACKEND_KEY_DATA) this.backendKey = Buffer.from(bytes.subarray(body, end));
    else if (type === AUTHENTICATION) this.authenticate(bytes.readInt32BE(body));
    else this.replies.handle(type, bytes, body, end);
  }

  private authenticate(way: number): void {
    if (way === CLEAR_TEXT_PASSWORD) this.socket.write(encodePassword(this.address.password ?? ''));
    else if (way !== AUTHENTICATED)
      this.end('the engine asks for a proof of identity that the gateway has not');
  }

  private end(reason: string, wanted = false): void {
    if (this.gone !== null) return;
    this.gone = new EngineGoneError(reason);
    this.socket.destroy();
    this.replies.failAll(this.gone);
    if (this.established && !wanted) this.onLost();
  }
}
