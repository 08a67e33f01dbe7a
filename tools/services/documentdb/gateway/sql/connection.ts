import { connect, type Socket } from 'node:net';
import { ByteQueue } from '../wire/byte-queue.js';
import { readRow, type Row } from './decode.js';
import {
  encodeCancel,
  encodeExecute,
  encodeParse,
  encodePassword,
  encodeSimple,
  encodeStartup,
  type SqlValue,
  type Statement,
} from './encode.js';
import { EngineGoneError, readSqlError } from './errors.js';
import { Outbox } from './outbox.js';

/** Where PostgreSQL listens, on this machine: the password, if it wants one, goes in clear. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database?: string;
  readonly password?: string;
}

interface Pending {
  row: Row | null;
  error: Error | null;
  /** The statement that is prepared along with this, until the engine has taken it. */
  parsing: string | null;
  resolve(row: Row | null): void;
  reject(error: Error): void;
}

const CONNECT_MS = 5_000;
const READ_BYTES = 64 * 1024;
const AUTHENTICATED = 0;
const CLEAR_TEXT_PASSWORD = 3;

/**
 * One PostgreSQL session, by protocol 3.0 with everything binary. Statements may be given one after the other without
 * waiting: they are answered in order, and each stands alone. Every statement here gives one row at most.
 */
export class PgConnection {
  private readonly input = new ByteQueue();
  private readonly pending: Pending[] = [];
  private readonly prepared = new Set<string>();
  private backendKey: Buffer = Buffer.alloc(0);
  private gone: EngineGoneError | null = null;
  private readonly outbox: Outbox;
  private whenReady: Pending | null = null;
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
    await new Promise<Row | null>((resolve, reject) => {
      connection.whenReady = { row: null, error: null, parsing: null, resolve, reject };
      socket.write(encodeStartup(address.user, address.database ?? 'postgres'));
    });
    socket.setTimeout(0);
    return connection;
  }

  get usable(): boolean {
    return this.gone === null;
  }

  /** How many statements are not answered yet. */
  get busy(): number {
    return this.pending.length;
  }

  /**
   * Runs a prepared statement; answers its first row, or null when there is none.
   * @throws SqlError, or EngineGoneError when the connection broke before the answer.
   */
  run(statement: Statement, values: readonly SqlValue[]): Promise<Row | null> {
    const { promise, pending } = this.expect();
    if (this.gone !== null) return promise;
    const pieces = encodeExecute(statement.name, values);
    if (!this.prepared.has(statement.name)) {
      this.prepared.add(statement.name);
      pieces.unshift(encodeParse(statement));
      pending.parsing = statement.name;
    }
    this.pending.push(pending);
    this.outbox.send(...pieces);
    return promise;
  }

  /** Runs statements without parameters and answers. @throws as `run` does. */
  async simple(sql: string): Promise<void> {
    const { promise, pending } = this.expect();
    if (this.gone === null) {
      this.pending.push(pending);
      this.outbox.send(encodeSimple(sql));
    }
    await promise;
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

  private expect(): { promise: Promise<Row | null>; pending: Pending } {
    let resolve: Pending['resolve'] = () => undefined;
    let reject: Pending['reject'] = () => undefined;
    const promise = new Promise<Row | null>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    if (this.gone !== null) reject(this.gone);
    return { promise, pending: { row: null, error: null, parsing: null, resolve, reject } };
  }

  private receive(chunk: Buffer): void {
    this.input.push(chunk);
    for (;;) {
      const head = this.input.peek(5);
      if (head === null) return;
      const length = head.readInt32BE(1) + 1;
      const message = this.input.take(length);
      if (message === null) return;
      this.handle(message[0] ?? 0, message.subarray(5));
    }
  }

  private handle(type: number, body: Buffer): void {
    const current = this.whenReady ?? this.pending[0];
    switch (type) {
      case 0x31: // ParseComplete
        if (current !== undefined) current.parsing = null;
        return;
      case 0x44: // DataRow
        if (current !== undefined) current.row ??= readRow(body);
        return;
      case 0x45: // ErrorResponse
        if (current !== undefined) current.error ??= readSqlError(body);
        return;
      case 0x4b: // BackendKeyData
        this.backendKey = Buffer.from(body);
        return;
      case 0x52: // Authentication
        this.authenticate(body.readInt32BE(0));
        return;
      case 0x5a: // ReadyForQuery
        if (this.whenReady !== null) this.whenReady = null;
        else this.pending.shift();
        if (current !== undefined && current.parsing !== null) this.prepared.delete(current.parsing);
        if (current?.error) current.reject(current.error);
        else current?.resolve(current.row);
    }
  }

  private authenticate(way: number): void {
    if (way === CLEAR_TEXT_PASSWORD) this.socket.write(encodePassword(this.address.password ?? ''));
    else if (way !== AUTHENTICATED)
      this.end('the engine asks for a proof of identity that the gateway has not');
  }

  private end(reason: string, wanted = false): void {
    if (this.gone !== null) return;
    const established = this.whenReady === null;
    const waiting = this.whenReady === null ? this.pending.splice(0) : [this.whenReady];
    this.gone = new EngineGoneError(reason);
    this.socket.destroy();
    for (const each of waiting) each.reject(each.error ?? this.gone);
    if (established && !wanted) this.onLost();
  }
}
