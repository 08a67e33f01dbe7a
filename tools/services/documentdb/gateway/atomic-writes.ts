import { CommandError, failure, RETRYABLE_WRITE } from './errors.js';
import type { Request } from './request.js';
import { EngineGoneError } from './sql/errors.js';
import { transactionId, transactionStatus } from './sql/outcome.js';
import type { Pool } from './sql/pool.js';
import type { EngineCommand, Work } from './work.js';

interface Lost {
  readonly number: bigint;
  readonly answer: Buffer;
  /** PostgreSQL's id of the transaction in which it was done, or not. */
  readonly id: string;
}

const KEPT = 1_000;

/**
 * Writes of several statements, outside of the client's own transactions. Each is one SQL transaction: when one of its
 * statements loses a deadlock, all of it is undone and may be sent again. And when the engine goes away before it has
 * said that it is done, its transaction's id tells later whether it was: such a write is not done twice.
 */
export class AtomicWrites {
  private readonly lost = new Map<string, Lost>();

  constructor(private readonly pool: Pool) {}

  async run(command: EngineCommand, work: Work): Promise<Buffer> {
    const { connection } = work;
    work.atomic = true;
    connection.simple('begin').catch(() => undefined);
    let answer: Buffer;
    let id: string | null;
    try {
      answer = await command(work);
      id = await transactionId(connection);
    } catch (error) {
      await connection.simple('rollback').catch(() => connection.close());
      throw error;
    }
    try {
      await connection.simple('commit');
    } catch (error) {
      if (error instanceof EngineGoneError && id !== null) this.note(work.request, answer, id);
      throw error;
    }
    return answer;
  }

  has(request: Request, number: bigint): boolean {
    return this.lost.get(request.session)?.number === number;
  }

  /** The answer of a lost write that was done; null when it was not. @throws CommandError when that can't be known yet. */
  async answerOf(request: Request): Promise<Buffer | null> {
    const lost = this.lost.get(request.session);
    if (lost === undefined) return null;
    const status = await transactionStatus(this.pool, lost.id);
    if (status !== 'committed' && status !== 'aborted') throw notYetKnown();
    this.lost.delete(request.session);
    return status === 'committed' ? lost.answer : null;
  }

  private note(request: Request, answer: Buffer, id: string): void {
    if (request.transactionNumber === null || request.session === '') return;
    this.lost.delete(request.session);
    this.lost.set(request.session, { number: request.transactionNumber, answer, id });
    for (const oldest of this.lost.keys()) {
      if (this.lost.size <= KEPT) break;
      this.lost.delete(oldest);
    }
  }
}

function notYetKnown(): CommandError {
  return failure(91, 'ShutdownInProgress', 'whether the write was done is not known yet', RETRYABLE_WRITE);
}
