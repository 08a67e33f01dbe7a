import { MalformedError } from './wire/malformed.js';
import { Elements } from './bson/scan.js';
import type { Message, Sequence } from './wire/message.js';

/** One command, with the few of its fields that a gateway must know. Everything else goes through unread. */
export interface Request {
  /** As the client wrote it. */
  readonly name: string;
  readonly database: string;
  /** The command's own first value when it is a string: most often the collection. */
  readonly target: string;
  /** The command's own first value when it is a 64-bit number: a cursor. */
  readonly cursorId: bigint;
  readonly body: Buffer;
  readonly sequence: Sequence | null;
  /** The logical session's id, as text of one character a byte; empty without a session. */
  readonly session: string;
  readonly transactionNumber: bigint | null;
  readonly inTransaction: boolean;
  readonly startsTransaction: boolean;
  readonly maxTimeMs: number;
  /** A find that is done with its first page, whatever it finds: it leaves no cursor. */
  readonly onePage: boolean;
  /** A write of more than one statement. */
  readonly several: boolean;
}

/** The engine's first page holds that many documents when the command does not say. */
const FIRST_PAGE = 101;
/** What the names of the fields that are read here begin with. */
const INITIALS: ReadonlySet<number> = new Set(Buffer.from('$ltasbmdu'));

/** Reads what the gateway needs of a command. @throws MalformedError */
export function readRequest(message: Message): Request {
  const body = message.command;
  let name = '';
  let database = '';
  let target = '';
  let cursorId = 0n;
  let session = '';
  let transactionNumber: bigint | null = null;
  let inTransaction = false;
  let startsTransaction = false;
  let maxTimeMs = 0;
  let limit = 0;
  let batchSize = FIRST_PAGE;
  let singleBatch = false;
  let statements = message.sequence?.count ?? 0;
  for (const field = new Elements(body); field.next();) {
    const { type, start, end } = field;
    if (name !== '' && !INITIALS.has(field.initial)) continue;
    if (name === '') {
      name = field.name;
      if (type === 0x02) target = body.toString('utf8', start + 4, end - 1);
      if (type === 0x12) cursorId = body.readBigInt64LE(start);
      continue;
    }
    switch (field.name) {
      case '$db':
        if (type === 0x02) database = body.toString('utf8', start + 4, end - 1);
        break;
      case 'lsid':
        if (type === 0x03) session = readSessionId(body.subarray(start, end));
        break;
      case 'txnNumber':
        if (type === 0x12) transactionNumber = body.readBigInt64LE(start);
        break;
      case 'autocommit':
        inTransaction = type === 0x08 && body[start] === 0;
        break;
      case 'startTransaction':
        startsTransaction = type === 0x08 && body[start] === 1;
        break;
      case 'limit':
        limit = readNumber(body, type, start);
        break;
      case 'batchSize':
        batchSize = readNumber(body, type, start);
        break;
      case 'singleBatch':
        singleBatch = type === 0x08 && body[start] === 1;
        break;
      case 'documents':
      case 'updates':
      case 'deletes':
        if (type === 0x04) statements = countUpToTwo(field.value);
        break;
      case 'maxTimeMS':
        maxTimeMs = readNumber(body, type, start);
        break;
    }
  }
  if (name === '') throw new MalformedError('an empty command');
  return {
    name,
    database: message.legacy && database === '' ? 'admin' : database,
    target,
    cursorId,
    body,
    sequence: message.sequence,
    session,
    transactionNumber,
    inTransaction,
    startsTransaction,
    maxTimeMs,
    several: statements > 1,
    onePage: singleBatch || (limit > 0 && limit <= batchSize),
  };
}

function readSessionId(lsid: Buffer): string {
  for (const field = new Elements(lsid); field.next();) {
    if (field.name === 'id' && field.type === 0x05)
      return lsid.toString('latin1', field.start + 5, field.end);
  }
  return '';
}

function countUpToTwo(array: Buffer): number {
  const element = new Elements(array);
  return element.next() ? (element.next() ? 2 : 1) : 0;
}

function readNumber(body: Buffer, type: number, start: number): number {
  if (type === 0x10) return body.readInt32LE(start);
  if (type === 0x12) return Number(body.readBigInt64LE(start));
  return type === 0x01 ? body.readDoubleLE(start) : 0;
}
