import { availableParallelism } from 'node:os';
import type { Cursors } from '../cursors.js';
import { errorReply, failure, reply, toCommandError, type CommandError } from '../errors.js';
import { LostInserts } from '../lost-inserts.js';
import { RecentWrites } from '../retries.js';
import type { Request } from '../request.js';
import { EngineGoneError, SqlError } from '../sql/errors.js';
import type { Pool } from '../sql/pool.js';
import { SharedReads } from '../sql/shared-reads.js';
import type { Transactions } from '../transactions.js';
import type { Client, EngineCommand, Work } from '../work.js';
import { engineCommands, FIND } from './engine.js';
import { OWN_COMMANDS, type Identity } from './handshake.js';
import { readIds, readSessions } from './lists.js';

/** A statement that lost a deadlock or a race was rolled back whole: it is sent again, that often. */
const ATTEMPTS = 5;
const SENT_AGAIN = new Set(['40P01', '40001']);
/** The same retryable write at the same moment from elsewhere: sent again it finds the record of the other. */
const RETRY_RECORD = 'retryable_writes_pkey';
/** More reads at the same time than the processors can do gain nothing. */
const PARALLEL_READS = Math.max(2, availableParallelism());
const OK = reply({ ok: 1 });

/** Brings each command to whoever answers it, and gives every failure its form. */
export class Dispatcher {
  private readonly commands: ReadonlyMap<string, EngineCommand>;
  private readonly reads: SharedReads;
  private readonly recentWrites = new RecentWrites();
  private readonly lostInserts: LostInserts;

  constructor(
    private readonly pool: Pool,
    private readonly transactions: Transactions,
    private readonly cursors: Cursors,
    private readonly identity: Identity,
  ) {
    this.commands = engineCommands(cursors);
    this.lostInserts = new LostInserts(pool);
    this.reads = new SharedReads(pool, FIND, PARALLEL_READS);
  }

  /** The answer's document; never throws. */
  async answer(request: Request, client: Client): Promise<Buffer> {
    try {
      return await this.route(request.name.toLowerCase(), request, client);
    } catch (error) {
      return errorReply(this.told(error, request));
    }
  }

  private told(error: unknown, request: Request): CommandError {
    return toCommandError(error, request.inTransaction, request.transactionNumber !== null);
  }

  private async route(name: string, request: Request, client: Client): Promise<Buffer> {
    const command = this.commands.get(name);
    if (command !== undefined) return this.engine(name, command, request, client);
    const own = OWN_COMMANDS.get(name);
    if (own !== undefined) return reply(own(this.identity, client));
    switch (name) {
      case 'ping':
        return this.ping();
      case 'getmore':
        return this.more(request, client);
      case 'killcursors':
        return this.killCursors(request);
      case 'committransaction':
        await this.transactions.commit(request);
        return OK;
      case 'aborttransaction':
        await this.transactions.abort(request);
        return OK;
      case 'refreshsessions':
        return OK;
      case 'endsessions':
      case 'killsessions':
        return this.endSessions(request);
      default:
        throw failure(59, 'CommandNotFound', `no such command: '${request.name}'`);
    }
  }

  private async engine(
    name: string,
    command: EngineCommand,
    request: Request,
    client: Client,
  ): Promise<Buffer> {
    if (request.database === '')
      throw failure(40571, 'Location40571', 'OP_MSG requests require a $db argument');
    if (request.inTransaction) {
      return this.transactions.run(request, client, async (connection) => {
        const work: Work = { request, client, connection, keepsConnection: false, endsTransaction: false };
        const answer = await this.timed(command, work);
        return { answer, ends: work.endsTransaction };
      });
    }
    if (name === 'find' && request.onePage && request.maxTimeMs === 0) {
      return this.reads.run(request.database, request.body);
    }
    const number = request.transactionNumber;
    if (number === null || request.session === '' || !RETRYABLE.has(name)) {
      return this.alone(command, request, client);
    }
    if (name !== 'insert')
      return this.recentWrites.once(request, number, () => this.alone(command, request, client));
    return this.recentWrites.once(request, number, () => this.insert(command, request, client, number));
  }

  private async insert(
    command: EngineCommand,
    request: Request,
    client: Client,
    number: bigint,
  ): Promise<Buffer> {
    const known = this.lostInserts.has(request, number) ? await this.lostInserts.answerOf(request) : null;
    if (known !== null) return known;
    try {
      return await this.alone(command, request, client);
    } catch (error) {
      if (error instanceof EngineGoneError) this.lostInserts.note(request, number);
      throw error;
    }
  }

  /** Outside a transaction: any connection, and again when the engine asks for it. */
  private async alone(command: EngineCommand, request: Request, client: Client): Promise<Buffer> {
    for (let attempt = 1; ; attempt += 1) {
      const connection = this.pool.take() ?? (await this.pool.acquire());
      const work: Work = { request, client, connection, keepsConnection: false, endsTransaction: false };
      try {
        return await this.timed(command, work);
      } catch (error) {
        if (!(error instanceof SqlError) || attempt === ATTEMPTS) throw error;
        if (!SENT_AGAIN.has(error.state) && error.constraint !== RETRY_RECORD) throw error;
      } finally {
        if (!work.keepsConnection) this.pool.release(connection);
      }
    }
  }

  private async timed(command: EngineCommand, work: Work): Promise<Buffer> {
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

  private more(request: Request, client: Client): Promise<Buffer> {
    if (!request.inTransaction) return this.cursors.more(request, client, null);
    return this.transactions.run(request, client, async (connection) => ({
      answer: await this.cursors.more(request, client, connection),
      ends: false,
    }));
  }

  private async ping(): Promise<Buffer> {
    if (!this.identity.engineUp())
      await this.pool.acquire().then((connection) => this.pool.release(connection));
    return OK;
  }

  private killCursors(request: Request): Buffer {
    const ids = readIds(request, 'cursors');
    const killed = ids.filter((id) => this.cursors.kill(id));
    const missing = ids.filter((id) => !killed.includes(id));
    return reply({
      cursorsKilled: killed,
      cursorsNotFound: missing,
      cursorsAlive: [],
      cursorsUnknown: [],
      ok: 1,
    });
  }

  private endSessions(request: Request): Buffer {
    for (const session of readSessions(request)) {
      this.transactions.endSession(session);
      this.cursors.endSession(session);
      this.recentWrites.forget(session);
    }
    return OK;
  }
}

const RETRYABLE = new Set(['insert', 'update', 'delete', 'findandmodify']);
