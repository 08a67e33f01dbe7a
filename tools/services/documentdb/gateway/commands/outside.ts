import { availableParallelism } from 'node:os';
import { AtomicWrites } from '../atomic-writes.js';
import { LostInserts } from '../lost-inserts.js';
import { RecentWrites } from '../retries.js';
import type { Request } from '../request.js';
import { EngineGoneError, SqlError } from '../sql/errors.js';
import type { Pool } from '../sql/pool.js';
import { SharedReads } from '../sql/shared-reads.js';
import { Turns } from '../turns.js';
import { newWork, type Client, type EngineCommand, type Work } from '../work.js';
import { FIND } from './engine.js';

/** A statement that lost a deadlock or a race was rolled back whole: it is sent again, that often. */
const ATTEMPTS = 8;
const SENT_AGAIN = new Set(['40P01', '40001']);
/**
 * The engine evaluates an update again that waited for another one of the same document, and has no time of the
 * statement to give it then. It changed nothing; sent again it sees the other's outcome from the start.
 */
const LOST_NOW = '$$NOW operator cannot be used';
/** The same retryable write at the same moment from elsewhere: sent again it finds the record of the other. */
const RETRY_RECORD = 'retryable_writes_pkey';
/** The other half of the processors has the clients' work to do; fewer connections also mean more reads on each. */
const PARALLEL_READS = Math.max(1, Math.floor(availableParallelism() / 2));
const WRITES = new Set(['insert', 'update', 'delete']);
const RETRYABLE = new Set([...WRITES, 'findandmodify']);

/** Commands outside of their clients' transactions. */
export class OutsideTransactions {
  private readonly reads: SharedReads;
  private readonly recentWrites = new RecentWrites();
  private readonly turns = new Turns();
  private readonly lostInserts: LostInserts;
  private readonly atomicWrites: AtomicWrites;

  constructor(private readonly pool: Pool) {
    this.reads = new SharedReads(pool, FIND, PARALLEL_READS);
    this.lostInserts = new LostInserts(pool);
    this.atomicWrites = new AtomicWrites(pool);
  }

  /** Runs the command of that lower-case name. @throws what the engine or the command throws. */
  run(name: string, command: EngineCommand, request: Request, client: Client): Promise<Buffer> {
    if (name === 'find' && request.onePage && request.maxTimeMs === 0) {
      return this.reads.run(request.database, request.body);
    }
    const whole = WRITES.has(name) && request.several ? this.whole(command) : command;
    const number = request.transactionNumber;
    if (number === null || request.session === '' || !RETRYABLE.has(name)) {
      return this.alone(whole, request, client);
    }
    return this.recentWrites.once(request, number, () =>
      this.retryable(name, whole, request, client, number),
    );
  }

  /** Forgets what a session did. */
  endSession(session: string): void {
    this.recentWrites.forget(session);
  }

  private whole(command: EngineCommand): EngineCommand {
    return (work) => this.atomicWrites.run(command, work);
  }

  private async retryable(
    name: string,
    command: EngineCommand,
    request: Request,
    client: Client,
    number: bigint,
  ): Promise<Buffer> {
    const known = await this.answerOfLost(request, number);
    if (known !== null) return known;
    try {
      return await this.alone(command, request, client);
    } catch (error) {
      if (error instanceof EngineGoneError && name === 'insert') this.lostInserts.note(request, number);
      throw error;
    }
  }

  private async answerOfLost(request: Request, number: bigint): Promise<Buffer | null> {
    if (this.atomicWrites.has(request, number)) return this.atomicWrites.answerOf(request);
    return this.lostInserts.has(request, number) ? this.lostInserts.answerOf(request) : null;
  }

  /** On any connection, and again when the engine asks for it. */
  private async alone(command: EngineCommand, request: Request, client: Client): Promise<Buffer> {
    try {
      return await this.attempt(command, request, client);
    } catch (error) {
      if (!isSentAgain(error)) throw error;
    }
    for (let attempt = 2; ; attempt += 1) {
      const endTurn = await this.turns.take();
      try {
        return await this.attempt(command, request, client);
      } catch (error) {
        if (!isSentAgain(error) || attempt === ATTEMPTS) throw error;
      } finally {
        endTurn();
      }
    }
  }

  private async attempt(command: EngineCommand, request: Request, client: Client): Promise<Buffer> {
    const connection = this.pool.take() ?? (await this.pool.acquire());
    const work = newWork(request, client, connection);
    try {
      return await withinTime(command, work);
    } finally {
      if (!work.keepsConnection) this.pool.release(connection);
    }
  }
}

function isSentAgain(error: unknown): boolean {
  if (!(error instanceof SqlError)) return false;
  return SENT_AGAIN.has(error.state) || error.constraint === RETRY_RECORD || error.message.includes(LOST_NOW);
}

/** Runs a command for as long as its maxTimeMS allows. */
export async function withinTime(command: EngineCommand, work: Work): Promise<Buffer> {
  const { request, connection } = work;
  if (!(request.maxTimeMs >= 1)) return command(work);
  const limit = Math.min(Math.trunc(request.maxTimeMs), 0x7fffffff);
  connection.simple(`set statement_timeout = ${limit}`).catch(() => undefined);
  try {
    return await command(work);
  } finally {
    connection.simple('set statement_timeout = 0').catch(() => undefined);
  }
}
