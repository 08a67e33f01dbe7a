import type { Cursors } from '../cursors.js';
import { errorReply, failure, reply, toCommandError, type CommandError } from '../errors.js';
import type { Request } from '../request.js';
import type { Pool } from '../sql/pool.js';
import type { Transactions } from '../transactions.js';
import { newWork, type Client, type EngineCommand } from '../work.js';
import { engineCommands } from './engine.js';
import { OWN_COMMANDS, type Identity } from './handshake.js';
import { readIds, readSessions } from './lists.js';
import { OutsideTransactions, withinTime } from './outside.js';

const OK = reply({ ok: 1 });

/** Brings each command to whoever answers it, and gives every failure its form. */
export class Dispatcher {
  private readonly commands: ReadonlyMap<string, EngineCommand>;
  private readonly outside: OutsideTransactions;

  constructor(
    private readonly pool: Pool,
    private readonly transactions: Transactions,
    private readonly cursors: Cursors,
    private readonly identity: Identity,
  ) {
    this.commands = engineCommands(cursors);
    this.outside = new OutsideTransactions(pool);
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
        const work = newWork(request, client, connection);
        const answer = await withinTime(command, work);
        return { answer, ends: work.endsTransaction };
      });
    }
    return this.outside.run(name, command, request, client);
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
      this.outside.endSession(session);
    }
    return OK;
  }
}
