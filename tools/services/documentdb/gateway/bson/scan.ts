import { MalformedError } from '../wire/malformed.js';

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
 * Walks a document's own elements without decoding them, each value skipped by its length:
 * `for (const element = new Elements(document); element.next(); )`. One object for all of them, because every command
 * comes by here.
 */
export class Elements {
  type = 0;
  /** The value's first and one past last byte. */
  start = 4;
  end = 4;
  private nameStart = 4;
  private readonly last: number;

  /** @throws MalformedError when the bytes are no document. */
  constructor(private readonly document: Buffer) {
    this.last = document.length - 1;
    if (this.last < 4 || document.readInt32LE(0) !== document.length || document[this.last] !== 0) {
      throw new MalformedError('a document that is cut off or has no end');
    }
  }

  get name(): string {
    return this.document.toString('utf8', this.nameStart, this.start - 1);
  }

  /** The first byte of the name: enough to pass most elements over. */
  get initial(): number {
    return this.document[this.nameStart] ?? 0;
  }

  get value(): Buffer {
    return this.document.subarray(this.start, this.end);
  }

  /** Goes to the next element; false when there is none. @throws MalformedError */
  next(): boolean {
    const { document, last } = this;
    const at = this.end;
    if (at >= last) return false;
    let nameEnd = at + 1;
    while (document[nameEnd] !== 0) nameEnd += 1;
    if (nameEnd >= last) throw new MalformedError('an element without a name');
    this.type = document[at] ?? 0;
    this.nameStart = at + 1;
    this.start = nameEnd + 1;
    this.end = this.start + valueLength(document, this.type, this.start, last);
    if (this.end > last) throw new MalformedError(`the value of ${this.name} is cut off`);
    return true;
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
  for (const element = new Elements(document); element.next();) {
    if (element.name === name) return element.value;
  }
  return null;
}
