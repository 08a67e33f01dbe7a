import type { Socket } from 'node:net';

/** Up to this size pieces are joined before they are written. */
const JOINED = 64 * 1024;

const waiting: Outbox[] = [];

/** What is sent to one socket within one turn of the event loop goes out by one write. */
export class Outbox {
  private pieces: Buffer[] = [];

  constructor(private readonly socket: Socket) {}

  send(...pieces: readonly Buffer[]): void {
    if (this.pieces.length === 0) {
      if (waiting.length === 0) setImmediate(flushAll);
      waiting.push(this);
    }
    this.pieces.push(...pieces);
  }

  flush(): void {
    const { pieces, socket } = this;
    this.pieces = [];
    const [only] = pieces;
    if (only === undefined || socket.destroyed) return;
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (pieces.length === 1) socket.write(only);
    else if (size <= JOINED) socket.write(Buffer.concat(pieces, size));
    else {
      socket.cork();
      for (const piece of pieces) socket.write(piece);
      socket.uncork();
    }
  }
}

function flushAll(): void {
  for (const outbox of waiting.splice(0)) outbox.flush();
}
