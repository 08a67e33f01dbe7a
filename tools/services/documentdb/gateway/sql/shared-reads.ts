import { readRecord, type Row } from './decode.js';
import type { Statement } from './encode.js';
import { SkippedError } from './errors.js';
import type { Pool } from './pool.js';

interface Read {
  readonly database: string;
  readonly body: Buffer;
  readonly since: number;
  resolve(page: Buffer): void;
  reject(error: unknown): void;
}

const TOGETHER = 8;
/** A read does not wait longer than that for those before it. */
const PATIENCE_MS = 2;

/**
 * Short reads go to the engine several at a time, on few connections: together they cost a fraction of the system calls,
 * process switches and transactions that they would cost alone. What comes while all of these connections are at work
 * waits, but not for long: then it gets one more connection. So a slow read holds up only those that were sent with
 * it. Reads do not wait for other transactions' locks, so nothing can get stuck for ever behind one.
 */
export class SharedReads {
  private queue: Read[] = [];
  private running = 0;
  private scheduled = false;
  private watching = false;

  /** `statement` takes a database and a command and answers a record that begins with the page. */
  constructor(
    private readonly pool: Pool,
    private readonly statement: Statement,
    private readonly width: number,
  ) {}

  /** The first page of a find that leaves no cursor. @throws SqlError, EngineGoneError, NoFreeConnectionError */
  run(database: string, body: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.queue.push({ database, body, since: performance.now(), resolve, reject });
      if (this.running < this.width) this.schedule();
      else this.watch();
    });
  }

  /** What comes in one turn of the event loop is sent at its end. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.sendWhileFree();
    });
  }

  private watch(): void {
    if (this.watching) return;
    this.watching = true;
    setTimeout(() => {
      this.watching = false;
      const oldest = this.queue[0];
      if (oldest === undefined) return;
      if (performance.now() - oldest.since >= PATIENCE_MS) void this.send(this.queue.splice(0, TOGETHER));
      if (this.queue.length > 0) this.watch();
    }, PATIENCE_MS);
  }

  private sendWhileFree(): void {
    while (this.queue.length > 0 && this.running < this.width) {
      const share = Math.ceil(this.queue.length / (this.width - this.running));
      void this.send(this.queue.splice(0, Math.min(share, TOGETHER)));
    }
    if (this.queue.length > 0) this.watch();
  }

  private async send(reads: readonly Read[]): Promise<void> {
    this.running += 1;
    try {
      const connection = this.pool.take() ?? (await this.pool.acquire());
      const values = reads.map(({ database, body }) => [database, body]);
      const answers = connection.runTogether(this.statement, values);
      const settled = answers.map((answer, i) => this.settle(answer, reads[i]));
      await Promise.all(settled);
      this.pool.release(connection);
    } catch (error) {
      for (const read of reads) read.reject(error);
    }
    this.running -= 1;
    this.sendWhileFree();
  }

  private async settle(answer: Promise<Row | null>, read: Read | undefined): Promise<void> {
    try {
      const row = await answer;
      read?.resolve(pageOf(row));
    } catch (error) {
      if (error instanceof SkippedError && read !== undefined) void this.alone(read);
      else read?.reject(error);
    }
  }

  private async alone(read: Read): Promise<void> {
    try {
      read.resolve(pageOf(await this.pool.run(this.statement, [read.database, read.body])));
    } catch (error) {
      read.reject(error);
    }
  }
}

function pageOf(row: Row | null): Buffer {
  const record = row?.[0];
  const page = record ? readRecord(record)[0] : null;
  if (!page) throw new Error('the engine answered no page');
  return page;
}
