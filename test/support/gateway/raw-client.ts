import { connect, type Socket } from 'node:net';
import { deserialize, serialize, type Document } from 'bson';

const OP_MSG = 2013;

/** A message's bytes; `lengthClaimed` is written into its header whatever its length is. */
export function frame(opcode: number, body: Buffer, requestId = 1, lengthClaimed = body.length + 16): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(lengthClaimed | 0, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(opcode, 12);
  return Buffer.concat([head, body]);
}

/** OP_MSG's body: flags, the command as a section of kind 0, and perhaps documents as one of kind 1. */
export function msgBody(
  command: Document,
  sequence?: { name: string; documents: Document[] },
  flags = 0,
): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(flags, 0);
  const parts = [head, Buffer.from(serialize(command))];
  if (sequence !== undefined) {
    const name = Buffer.from(`${sequence.name}\0`);
    const documents = Buffer.concat(sequence.documents.map((each) => serialize(each)));
    const size = Buffer.alloc(5);
    size[0] = 1;
    size.writeInt32LE(4 + name.length + documents.length, 1);
    parts.push(size, name, documents);
  }
  return Buffer.concat(parts);
}

/** A whole OP_MSG. */
export function msg(command: Document, requestId = 1, flags = 0): Buffer {
  return frame(OP_MSG, msgBody(command, undefined, flags), requestId);
}

export interface Reply {
  readonly responseTo: number;
  readonly opcode: number;
  readonly document: Document;
}

/** A client that sends the bytes it is told to, and reads answers one by one. */
export class RawClient {
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<void>;
  private input = Buffer.alloc(0);
  private wake: () => void = () => undefined;
  private ended = false;

  private constructor(readonly socket: Socket) {
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.ended = true;
        this.wake();
        resolve();
      });
    });
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.input = Buffer.concat([this.input, chunk]);
      this.wake();
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect({ host: '127.0.0.1', port });
    const client = new RawClient(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    return client;
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** @throws Error when the connection was closed first. */
  async reply(): Promise<Reply> {
    while (this.input.length < 16 || this.input.length < this.input.readInt32LE(0)) {
      if (this.ended) throw new Error('the connection was closed');
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const message = this.input.subarray(0, this.input.readInt32LE(0));
    this.input = this.input.subarray(message.length);
    const opcode = message.readInt32LE(12);
    const start = opcode === OP_MSG ? 21 : 36;
    return { responseTo: message.readInt32LE(8), opcode, document: deserialize(message.subarray(start)) };
  }

  /** Sends a command and reads its answer. */
  async command(command: Document): Promise<Document> {
    this.send(msg(command));
    return (await this.reply()).document;
  }

  close(): void {
    this.socket.destroy();
  }
}
