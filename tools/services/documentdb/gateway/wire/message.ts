import { MalformedError } from './malformed.js';

/** The largest message that is taken, as MongoDB says it in its hello. */
export const MAX_MESSAGE_BYTES = 48_000_000;
/** The largest document that is stored. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** A command around a document may be that much larger. */
const COMMAND_ROOM = 16 * 1024;
export const HEADER_BYTES = 16;

const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Flags of the lower half that a receiver must know to read the message. */
const REQUIRED_FLAGS = 0xffff;

/** Documents that came beside the command, in its own words: the value of the field `name`. */
export interface Sequence {
  readonly name: string;
  /** The documents, one after the other. */
  readonly documents: Buffer;
  readonly count: number;
  /** Position of the first document that is larger than a document may be; -1 when there is none. */
  readonly tooLarge: number;
}

export interface Message {
  readonly requestId: number;
  /** A client's first message may come in the old form, and is answered in it. */
  readonly legacy: boolean;
  readonly command: Buffer;
  readonly sequence: Sequence | null;
  /** False: the client does not read an answer. */
  readonly answered: boolean;
}

/** The length that a message's header claims. @throws MalformedError when no message can have it. */
export function messageLength(header: Buffer): number {
  const length = header.readInt32LE(0);
  if (length <= HEADER_BYTES || length > MAX_MESSAGE_BYTES)
    throw new MalformedError(`a message of ${length} bytes`);
  const opcode = header.readInt32LE(12);
  if (opcode !== OP_MSG && opcode !== OP_QUERY) throw new MalformedError(`an unknown opcode ${opcode}`);
  return length;
}

/** Takes a whole message apart; documents are views of it. @throws MalformedError */
export function readMessage(frame: Buffer): Message {
  return frame.readInt32LE(12) === OP_QUERY ? readQuery(frame) : readMsg(frame);
}

function readMsg(frame: Buffer): Message {
  const requestId = frame.readInt32LE(4);
  if (frame.length < 26) throw new MalformedError('a message without a command');
  const flags = frame.readUInt32LE(16);
  if ((flags & REQUIRED_FLAGS & ~(CHECKSUM_PRESENT | MORE_TO_COME)) !== 0)
    throw new MalformedError('unknown flags');
  const end = frame.length - ((flags & CHECKSUM_PRESENT) === 0 ? 0 : 4);
  let command: Buffer | null = null;
  let sequence: Sequence | null = null;
  let at = 20;
  while (at < end) {
    const kind = frame[at];
    const size = at + 5 <= end ? frame.readInt32LE(at + 1) : -1;
    const next = at + 1 + size;
    if (size < 5 || next > end) throw new MalformedError('a section that is cut off');
    const section = frame.subarray(at + 1, next);
    if (kind === 0 && command === null) command = section;
    else if (kind === 1 && sequence === null) sequence = readSequence(section);
    else throw new MalformedError('a section of unknown kind, or one too many');
    at = next;
  }
  if (command === null) throw new MalformedError('a message without a command');
  if (command.length > MAX_DOCUMENT_BYTES + COMMAND_ROOM)
    throw new MalformedError('a command that is too large');
  return { requestId, legacy: false, command, sequence, answered: (flags & MORE_TO_COME) === 0 };
}

function readSequence(section: Buffer): Sequence {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) throw new MalformedError('a sequence without a name');
  const documents = section.subarray(nameEnd + 1);
  let count = 0;
  let tooLarge = -1;
  for (let at = 0; at < documents.length; count += 1) {
    const size = at + 5 <= documents.length ? documents.readInt32LE(at) : -1;
    const next = at + size;
    if (size < 5 || next > documents.length || documents[next - 1] !== 0) {
      throw new MalformedError('a sequence with a broken document');
    }
    if (size > MAX_DOCUMENT_BYTES && tooLarge < 0) tooLarge = count;
    at = next;
  }
  return { name: section.toString('utf8', 4, nameEnd), documents, count, tooLarge };
}

/** OP_QUERY: flags, collection name, skip, limit, document. Only commands come so, and only while shaking hands. */
function readQuery(frame: Buffer): Message {
  const nameEnd = frame.indexOf(0, 20);
  const start = nameEnd + 9;
  if (nameEnd < 0 || start + 5 > frame.length) throw new MalformedError('a query that is cut off');
  if (!frame.toString('latin1', 20, nameEnd).endsWith('.$cmd'))
    throw new MalformedError('a query of the old kind');
  const size = frame.readInt32LE(start);
  if (size < 5 || start + size > frame.length) throw new MalformedError('a query without its document');
  return {
    requestId: frame.readInt32LE(4),
    legacy: true,
    command: frame.subarray(start, start + size),
    sequence: null,
    answered: true,
  };
}
