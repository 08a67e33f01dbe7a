import type { Message } from './message.js';

const OP_REPLY = 1;
const OP_MSG = 2013;
const MSG_HEAD = 21;
const REPLY_HEAD = 36;
/** Documents up to this size are copied behind their header, so that one write does. */
const COPIED = 64 * 1024;

let lastRequestId = 0;

/** An answer's bytes: one or two pieces, to be written together. */
export function frameReply(message: Message, document: Buffer): Buffer[] {
  const size = message.legacy ? REPLY_HEAD : MSG_HEAD;
  const copied = document.length <= COPIED;
  const head = Buffer.allocUnsafe(copied ? size + document.length : size);
  lastRequestId = (lastRequestId + 1) & 0x7fffffff;
  head.writeInt32LE(size + document.length, 0);
  head.writeInt32LE(lastRequestId, 4);
  head.writeInt32LE(message.requestId, 8);
  head.writeInt32LE(message.legacy ? OP_REPLY : OP_MSG, 12);
  head.fill(0, 16, size);
  if (message.legacy) {
    head.writeInt32LE(8, 16);
    head.writeInt32LE(1, 32);
  }
  if (!copied) return [head, document];
  document.copy(head, size);
  return [head];
}
