import { connect, type Socket } from 'node:net';

const headEnd = Buffer.from('\r\n\r\n');
const lengthHeader = /\r\ncontent-length: *(\d+)/i;

export interface ConnectionEvents {
  /** The next request, whole and ready to be written; undefined ends the connection. */
  next(): Buffer | undefined;
  answered(status: number, milliseconds: number): void;
  /** The connection broke, or what came is no answer that this client reads. */
  failed(error: Error): void;
}

/**
 * One kept-alive HTTP connection with one request on its way, and no more of HTTP than the servers measured here
 * speak: a status line and a body of Content-Length. A full client costs more CPU a request than the server, and
 * would then be what is measured on a machine of two cores.
 */
export class Connection {
  private readonly socket: Socket;
  private readonly ended: Promise<void>;
  private received: Buffer | undefined;
  private sentAt = 0;
  private over = false;

  constructor(
    port: number,
    private readonly events: ConnectionEvents,
  ) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('connect', () => this.send());
    this.socket.on('data', (chunk) => this.receive(chunk));
    this.socket.on('error', (error) => this.fail(error));
    this.ended = new Promise((resolve) => {
      this.socket.on('close', () => {
        if (!this.over) this.fail(new Error('the server closed the connection'));
        resolve();
      });
    });
  }

  /** Resolves when the connection is closed, by `next` or by a failure. */
  untilEnd(): Promise<void> {
    return this.ended;
  }

  private send(): void {
    const request = this.events.next();
    if (request === undefined) {
      this.over = true;
      this.socket.destroy();
      return;
    }
    this.sentAt = performance.now();
    this.socket.write(request);
  }

  private receive(chunk: Buffer): void {
    const data = this.received === undefined ? chunk : Buffer.concat([this.received, chunk]);
    const bodyAt = data.indexOf(headEnd) + headEnd.length;
    if (bodyAt < headEnd.length) {
      this.received = data;
      return;
    }
    const head = data.toString('latin1', 0, bodyAt);
    const length = lengthHeader.exec(head)?.[1];
    if (length === undefined) return this.fail(new Error(`an answer without Content-Length: ${head}`));
    if (data.length < bodyAt + Number(length)) {
      this.received = data;
      return;
    }
    this.received = undefined;
    this.events.answered(Number(head.slice(9, 12)), performance.now() - this.sentAt);
    this.send();
  }

  private fail(error: Error): void {
    if (this.over) return;
    this.over = true;
    this.socket.destroy();
    this.events.failed(error);
  }
}
