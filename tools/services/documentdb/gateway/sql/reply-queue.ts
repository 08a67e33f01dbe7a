import { readRow, type Row } from './decode.js';
import { readSqlError, SkippedError } from './errors.js';

interface Expected {
  row: Row | null;
  error: Error | null;
  /** The statement that is prepared along with this, until the engine has taken it. */
  parsing: string | null;
  /** One of several that end together: its answer comes before the end of all. */
  readonly together: boolean;
  resolve(row: Row | null): void;
  reject(error: Error): void;
}

const PARSE_COMPLETE = 0x31;
const COMMAND_COMPLETE = 0x43;
const DATA_ROW = 0x44;
const ERROR_RESPONSE = 0x45;
const READY_FOR_QUERY = 0x5a;

/** The answers that a SQL connection still owes, in order. */
export class ReplyQueue {
  private readonly queue: Expected[] = [];

  /** `onNotPrepared` is told of a statement that the engine did not take after all. */
  constructor(private readonly onNotPrepared: (name: string) => void) {}

  get length(): number {
    return this.queue.length;
  }

  /** One more answer; `parsing` is the name of the statement that is prepared along with it. */
  expect(parsing: string | null = null, together = false): Promise<Row | null> {
    return new Promise((resolve, reject) => {
      this.queue.push({ row: null, error: null, parsing, together, resolve, reject });
    });
  }

  /** Takes a message of the engine, whose body lies in `bytes` from `start` to `end`. */
  handle(type: number, bytes: Buffer, start: number, end: number): void {
    const current = this.queue[0];
    if (current === undefined) return;
    switch (type) {
      case PARSE_COMPLETE:
        current.parsing = null;
        return;
      case DATA_ROW:
        current.row ??= readRow(bytes, start);
        return;
      case COMMAND_COMPLETE:
        if (current.together) this.settle(current);
        return;
      case ERROR_RESPONSE:
        current.error ??= readSqlError(bytes.subarray(start, end));
        if (current.together) this.settle(current);
        return;
      case READY_FOR_QUERY:
        this.ready();
    }
  }

  /** The connection is gone: nothing more will be answered. */
  failAll(error: Error): void {
    for (const each of this.queue.splice(0)) each.reject(each.error ?? error);
  }

  private ready(): void {
    let next = this.queue[0];
    // After a failure the engine passes over the rest of what was sent together.
    for (; next?.together; next = this.queue[0]) {
      next.error = new SkippedError('a statement sent together with this one failed');
      this.settle(next);
    }
    if (next !== undefined) this.settle(next);
  }

  private settle(entry: Expected): void {
    this.queue.shift();
    if (entry.parsing !== null) this.onNotPrepared(entry.parsing);
    if (entry.error === null) entry.resolve(entry.row);
    else entry.reject(entry.error);
  }
}
