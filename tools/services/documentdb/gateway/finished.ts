import { CommandError, failure, RETRYABLE_WRITE, TRANSIENT, UNKNOWN_COMMIT } from './errors.js';
import { transactionStatus } from './sql/outcome.js';
import type { Pool } from './sql/pool.js';

const KEPT = 10_000;

/**
 * How a transaction ended: null when it was committed, the failure when it was not, and PostgreSQL's transaction id
 * when the engine went away before it said: the id tells it once the engine is back.
 */
export type Outcome = null | CommandError | string;

interface Entry {
  readonly number: bigint;
  outcome: Promise<Outcome>;
}

/** How each session's last transaction ended, so that a commit or abort sent again is answered as the first was. */
export class Finished {
  private readonly bySession = new Map<string, Entry>();

  constructor(private readonly pool: Pool) {}

  remember(session: string, number: bigint, outcome: Promise<Outcome>): void {
    this.bySession.delete(session);
    this.bySession.set(session, { number, outcome });
    if (this.bySession.size <= KEPT) return;
    for (const oldest of this.bySession.keys()) {
      this.bySession.delete(oldest);
      break;
    }
  }

  lastOf(session: string): bigint | null {
    return this.bySession.get(session)?.number ?? null;
  }

  /** @throws CommandError when the transaction was not committed, or when that can't be known yet. */
  async commitAgain(session: string, number: bigint): Promise<void> {
    const entry = this.bySession.get(session);
    if (entry?.number !== number) throw noSuchTransaction(number);
    const outcome = await entry.outcome;
    if (outcome === null) return;
    if (typeof outcome !== 'string') throw noSuchTransaction(number);
    const status = await this.ask(outcome);
    if (status === 'committed') entry.outcome = Promise.resolve(null);
    else if (status !== 'aborted') throw unknownOutcome('the engine does not tell yet');
    else {
      entry.outcome = Promise.resolve(noSuchTransaction(number));
      throw noSuchTransaction(number);
    }
  }

  /** @throws CommandError always: what is over can't be aborted. */
  async abortAgain(session: string, number: bigint): Promise<void> {
    const entry = this.bySession.get(session);
    if (entry?.number === number && (await entry.outcome) === null) {
      throw failure(256, 'TransactionCommitted', `transaction ${number} was committed`);
    }
    throw noSuchTransaction(number);
  }

  private async ask(id: string): Promise<string> {
    try {
      return await transactionStatus(this.pool, id);
    } catch (error) {
      throw unknownOutcome(error instanceof Error ? error.message : String(error));
    }
  }
}

/** The failure of whatever names a transaction that is not there. */
export function noSuchTransaction(number: bigint): CommandError {
  return failure(251, 'NoSuchTransaction', `transaction ${number} is not in progress`, TRANSIENT);
}

/** The failure of a commit that may have happened: sent again, it is answered truly. */
export function unknownOutcome(why: string): CommandError {
  const message = `whether the transaction was committed is not known: ${why}`;
  return failure(91, 'ShutdownInProgress', message, UNKNOWN_COMMIT, RETRYABLE_WRITE);
}
