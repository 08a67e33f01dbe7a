/** A parameter in PostgreSQL's binary format; text's binary format is its UTF-8. */
export type SqlValue = Buffer | string | null;

/** A statement that is prepared once on each connection, by its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Values from this size on are written as they are, not copied into the message. */
const LARGE = 32 * 1024;
const DEADLOCK_MS = 50;
const EXECUTE = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
/** Ends a statement, or several that were sent together: the engine then says that it is ready for more. */
export const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const EXECUTE_AND_SYNC = Buffer.concat([EXECUTE, SYNC]);
const BINARY = 1;

/**
 * Protocol 3.0's first message. Deadlocks are looked for early: here they are common, for several updates in one command
 * are one transaction, and cheap, for they are sent again.
 */
export function encodeStartup(user: string, database: string): Buffer {
  const words = Buffer.from(
    `user\0${user}\0database\0${database}\0application_name\0nexus-gateway\0client_encoding\0UTF8\0` +
      `deadlock_timeout\0${DEADLOCK_MS}ms\0\0`,
  );
  const head = Buffer.alloc(8);
  head.writeInt32BE(words.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, words]);
}

/** Asks, on a connection of its own, to cancel what the backend with this key is doing. */
export function encodeCancel(backendKey: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + backendKey.length, 0);
  head.writeInt32BE(80_877_102, 4);
  return Buffer.concat([head, backendKey]);
}

/** The answer to a server that asks for a password in clear. */
export function encodePassword(password: string): Buffer {
  const length = Buffer.byteLength(password);
  const message = Buffer.alloc(length + 6);
  message[0] = 0x70;
  message.writeInt32BE(length + 5, 1);
  message.write(password, 5, 'utf8');
  return message;
}

/** One or more statements without parameters, as the simple protocol takes them. */
export function encodeSimple(sql: string): Buffer {
  const length = Buffer.byteLength(sql);
  const message = Buffer.allocUnsafe(length + 6);
  message[0] = 0x51;
  message.writeInt32BE(length + 5, 1);
  message.write(sql, 5, 'utf8');
  message[length + 5] = 0;
  return message;
}

/** Makes a statement known to the connection under its name. */
export function encodeParse(statement: Statement): Buffer {
  const { name, text } = statement;
  const length = 8 + name.length + Buffer.byteLength(text);
  const message = Buffer.alloc(length + 1);
  message[0] = 0x50;
  message.writeInt32BE(length, 1);
  message.write(name, 5, 'latin1');
  message.write(text, 6 + name.length, 'utf8');
  return message;
}

/** Binds and executes a prepared statement, and ends it unless others follow: the pieces to write, in order. */
export function encodeExecute(name: string, values: readonly SqlValue[], ends: boolean): Buffer[] {
  const end = ends ? EXECUTE_AND_SYNC : EXECUTE;
  let copied = 0;
  let total = 0;
  for (const value of values) {
    const size = sizeOf(value);
    total += 4 + size;
    copied += 4 + (Buffer.isBuffer(value) && size >= LARGE ? 0 : size);
  }
  const fixed = name.length + 17;
  const head = Buffer.allocUnsafe(fixed + copied + end.length);
  head[0] = 0x42;
  head.writeInt32BE(fixed - 1 + total, 1);
  head[5] = 0;
  let at = 6 + head.write(name, 6, 'latin1');
  head[at] = 0;
  at = head.writeInt16BE(1, at + 1);
  at = head.writeInt16BE(BINARY, at);
  at = head.writeInt16BE(values.length, at);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const value of values) {
    if (value === null) {
      at = head.writeInt32BE(-1, at);
    } else if (typeof value === 'string') {
      const size = head.write(value, at + 4, 'utf8');
      head.writeInt32BE(size, at);
      at += 4 + size;
    } else if (value.length >= LARGE) {
      at = head.writeInt32BE(value.length, at);
      pieces.push(head.subarray(from, at), value);
      from = at;
    } else {
      head.writeInt32BE(value.length, at);
      at += 4 + value.copy(head, at + 4);
    }
  }
  at = head.writeInt16BE(1, at);
  at = head.writeInt16BE(BINARY, at);
  at += end.copy(head, at);
  pieces.push(from === 0 ? head : head.subarray(from));
  return pieces;
}

function sizeOf(value: SqlValue): number {
  if (value === null) return 0;
  return typeof value === 'string' ? Buffer.byteLength(value) : value.length;
}
