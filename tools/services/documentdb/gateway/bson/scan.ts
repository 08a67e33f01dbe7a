import { MalformedError } from '../wire/malformed.js';

/** Where one element of a document lies: its type byte, its name, and its value's first and one past last byte. */
export interface Element {
  readonly type: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const FIXED: Readonly<Record<number, number>> = {
  0x01: 8,
  0x06: 0,
  0x07: 12,
  0x08: 1,
  0x09: 8,
  0x0a: 0,
  0x10: 4,
  0x11: 8,
  0x12: 8,
  0x13: 16,
  0x7f: 0,
  0xff: 0,
};

/**
 * Walks a document's own elements without decoding them, each value skipped by its length.
 * @throws MalformedError when the bytes are no document.
 */
export function* elements(document: Buffer): Generator<Element> {
  const last = document.length - 1;
  if (last < 4 || document.readInt32LE(0) !== document.length || document[last] !== 0) {
    throw new MalformedError('a document that is cut off or has no end');
  }
  let at = 4;
  while (at < last) {
    const type = document[at] ?? 0;
    const nameEnd = document.indexOf(0, at + 1);
    if (nameEnd < 0 || nameEnd >= last) throw new MalformedError('an element without a name');
    const name = document.toString('utf8', at + 1, nameEnd);
    const start = nameEnd + 1;
    const end = start + valueLength(document, type, start, last);
    if (end > last) throw new MalformedError(`the value of ${name} is cut off`);
    yield { type, name, start, end };
    at = end;
  }
}

function valueLength(document: Buffer, type: number, start: number, last: number): number {
  const fixed = FIXED[type];
  if (fixed !== undefined) return fixed;
  if (type === 0x0b) {
    const options = document.indexOf(0, start) + 1;
    return options === 0 ? last : document.indexOf(0, options) + 1 - start;
  }
  if (start + 4 > last) return last;
  const length = document.readInt32LE(start);
  if (length < 0) throw new MalformedError('a value of negative length');
  switch (type) {
    case 0x02:
    case 0x0d:
    case 0x0e:
      return length + 4;
    case 0x03:
    case 0x04:
    case 0x0f:
      return Math.max(length, 5);
    case 0x05:
      return length + 5;
    case 0x0c:
      return length + 16;
    default:
      throw new MalformedError(`an element of unknown type ${type}`);
  }
}

/** The bytes of the value of the element with that name; null when there is none. @throws MalformedError */
export function valueOf(document: Buffer, name: string): Buffer | null {
  for (const element of elements(document)) {
    if (element.name === name) return document.subarray(element.start, element.end);
  }
  return null;
}
