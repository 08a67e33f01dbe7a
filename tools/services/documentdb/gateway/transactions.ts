import { failure, toCommandError } from './errors.js';
import { Finished, noSuchTransaction, unknownOutcome, type Outcome } from './finished.js';
import type { Request } from './request.js';
import type { PgConnection } from './sql/connection.js';
import { EngineGoneError } from './sql/errors.js';
import { transactionId } from './sql/outcome.js';
import type { Pool } from './sql/pool.js';
import type { Client } from './work.js';

// A conflicting write waits for the other transaction, but not long: MongoDB would refuse it at once.
const BEGIN = "begin isolation level repeatable read; set local lock_timeout = '100ms'";

interface Open {
  readonly session: string;
  readonly number: bigint;
  readonly connection: PgConnection;
  readonly timer: NodeJS.Timeout;
  client: Client;
  /** Statements of one transaction run one after the other. */
  last: Promise<unknown>;
  running: boolean;
  committing: boolean;
  /** Why it must not go on. */
  doomed: string | null;
  cancelling: Promise<void>;
}

/** Multi-statement transactions: each holds one SQL connection from its first statement to its end. */
export class Transactions {
  private readonly open = new Map<string, Open>();
  private readonly finished: Finished;

  constructor(
    private readonly pool: Pool,
    private readonly lifetimeMs: number,
    /** Called when one has ended, whatever way: its cursors are gone. */
    private readonly onEnd: (session: string, number: bigint) => void,
  ) {
    this.finished = new Finished(pool);
  }

  get size(): number {
    return this.open.size;
  }

  /**
   * Runs one command in its transaction, which it begins when it says so. Any failure ends the transaction, as it does
   * in MongoDB. @throws CommandError 251 when there is no such transaction, and what `work` throws.
   */
  async run(
    request: Request,
    client: Client,
    work: (connection: PgConnection) => Promise<{ answer: Buffer; ends: boolean }>,
  ): Promise<Buffer> {
    const transaction = request.startsTransaction ? await this.begin(request, client) : this.find(request);
    transaction.client = client;
    const turn = transaction.last.then(() => this.runInTurn(transaction, work));
    transaction.last = turn.catch(() => undefined);
    return turn;
  }

  /** @throws CommandError 251 for unknown and aborted ones, and what the engine refuses. */
  async commit(request: Request): Promise<void> {
    const number = numberOf(request);
    const transaction = this.open.get(request.session);
    if (transaction === undefined || transaction.number !== number) {
      return this.finished.commitAgain(request.session, number);
    }
    transaction.committing = true;
    clearTimeout(transaction.timer);
    await transaction.last;
    if (this.open.get(request.session) !== transaction) throw noSuchTransaction(number);
    const outcome = this.commitOpen(transaction);
    this.finished.remember(request.session, number, outcome);
    const how = await outcome;
    if (typeof how === 'string') throw unknownOutcome('the engine went away');
    if (how !== null) throw how;
  }

  /** @throws CommandError 256 after a commit, 251 for unknown ones. */
  async abort(request: Request): Promise<void> {
    const number = numberOf(request);
    const transaction = this.open.get(request.session);
    if (transaction === undefined || transaction.number !== number || transaction.committing) {
      return this.finished.abortAgain(request.session, number);
    }
    await this.doom(transaction, 'it was aborted');
  }

  /** A client's connection is gone: what it had begun and not committed is rolled back. */
  disconnected(client: Client): void {
    for (const transaction of this.open.values()) {
      if (transaction.client === client) void this.doom(transaction, 'its client is gone');
    }
  }

  endSession(session: string): void {
    const transaction = this.open.get(session);
    if (transaction !== undefined) void this.doom(transaction, 'its session has ended');
  }

  private async begin(request: Request, client: Client): Promise<Open> {
    const number = numberOf(request);
    const before = this.open.get(request.session);
    if (before !== undefined && before.number < number) await this.doom(before, 'a newer one has begun');
    else if (before !== undefined) {
      throw failure(117, 'ConflictingOperationInProgress', `transaction ${number} has begun already`);
    }
    if ((this.finished.lastOf(request.session) ?? -1n) >= number) {
      throw failure(225, 'TransactionTooOld', `transaction ${number} of this session is over`);
    }
    const connection = await this.pool.acquirePinned();
    // The first statement need not wait for this: it comes after it on the same connection.
    connection.simple(BEGIN).catch(() => connection.close());
    const transaction: Open = {
      session: request.session,
      number,
      connection,
      timer: setTimeout(() => void this.doom(transaction, 'it lived too long'), this.lifetimeMs).unref(),
      client,
      last: Promise.resolve(),
      running: false,
      committing: false,
      doomed: null,
      cancelling: Promise.resolve(),
    };
    this.open.set(request.session, transaction);
    return transaction;
  }

  private find(request: Request): Open {
    const number = numberOf(request);
    const transaction = this.open.get(request.session);
    if (transaction === undefined || transaction.number !== number || transaction.committing) {
      throw noSuchTransaction(number);
    }
    return transaction;
  }

  private async runInTurn(
    transaction: Open,
    work: (connection: PgConnection) => Promise<{ answer: Buffer; ends: boolean }>,
  ): Promise<Buffer> {
    if (transaction.doomed !== null) throw noSuchTransaction(transaction.number);
    transaction.running = true;
    let failed = true;
    try {
      const { answer, ends } = await work(transaction.connection);
      failed = ends;
      if (transaction.doomed === null) return answer;
      throw noSuchTransaction(transaction.number);
    } catch (error) {
      throw transaction.doomed === null ? error : noSuchTransaction(transaction.number);
    } finally {
      transaction.running = false;
      if (failed || transaction.doomed !== null) await this.rollBack(transaction);
    }
  }

  private async commitOpen(transaction: Open): Promise<Outcome> {
    const { connection } = transaction;
    let id: string | null = null;
    let sent = false;
    try {
      id = await transactionId(connection);
      sent = true;
      await connection.simple('commit');
      this.leave(transaction);
      return null;
    } catch (error) {
      this.leave(transaction);
      if (!(error instanceof EngineGoneError)) return toCommandError(error, true, false);
      return sent && id !== null ? id : noSuchTransaction(transaction.number);
    }
  }

  private async doom(transaction: Open, why: string): Promise<void> {
    if (transaction.committing || transaction.doomed !== null) return;
    transaction.doomed = why;
    if (!transaction.running) return this.rollBack(transaction);
    transaction.cancelling = transaction.connection.cancel();
    await transaction.last;
  }

  private async rollBack(transaction: Open): Promise<void> {
    if (this.open.get(transaction.session) !== transaction) return;
    this.finished.remember(
      transaction.session,
      transaction.number,
      Promise.resolve(noSuchTransaction(transaction.number)),
    );
    this.open.delete(transaction.session);
    // A cancellation that is still under way must not hit whoever uses the connection next.
    await transaction.cancelling;
    await transaction.connection.simple('rollback').catch(() => transaction.connection.close());
    this.leave(transaction);
  }

  private leave(transaction: Open): void {
    clearTimeout(transaction.timer);
    if (this.open.get(transaction.session) === transaction) this.open.delete(transaction.session);
    this.onEnd(transaction.session, transaction.number);
    this.pool.unpin();
    this.pool.release(transaction.connection);
  }
}

function numberOf(request: Request): bigint {
  if (request.session !== '' && request.transactionNumber !== null) return request.transactionNumber;
  throw failure(72, 'InvalidOptions', 'a transaction needs a session and a transaction number');
}
