import { PgConnection, type PostgresAddress } from './connection.js';
import type { Row } from './decode.js';
import type { SqlValue, Statement } from './encode.js';
import { EngineGoneError, NoFreeConnectionError, SqlError } from './errors.js';

/** What may be set about the pool; times in milliseconds. */
export interface PoolLimits {
  /** SQL connections at most. */
  readonly size: number;
  /** Of these, how many transactions and cursors may hold, so that plain statements always find one. */
  readonly pinned: number;
  /** How long a statement waits for a connection. */
  readonly waitMs: number;
  /** An unused connection is closed after that time. */
  readonly idleMs: number;
}

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: Error): void;
  readonly since: number;
}

const TOO_MANY_CLIENTS = '53300';
/** Connections that stay open unused; they also tell at once when the engine goes away. */
const KEPT = 2;
const LOOK_AGAIN_MS = 200;

/** SQL connections, the last used first; and whether the engine answers at all. */
export class Pool {
  private readonly idle: PgConnection[] = [];
  private readonly all = new Set<PgConnection>();
  private readonly waiters: Waiter<PgConnection>[] = [];
  private readonly pinWaiters: Waiter<void>[] = [];
  private opening = 0;
  private pins = 0;
  private down: EngineGoneError | null = null;
  private closed = false;

  constructor(
    private readonly address: PostgresAddress,
    private readonly limits: PoolLimits,
    /** Told when the engine goes away (with the reason) and when it is back (null). */
    private readonly onHealth: (reason: Error | null) => void,
  ) {}

  /** Opens the first connection. @throws EngineGoneError when the engine does not answer. */
  async start(): Promise<void> {
    this.release(await this.acquire());
  }

  /** False from the moment that the engine can't be reached until it is again. */
  get engineUp(): boolean {
    return this.down === null;
  }

  /** SQL connections that are open now, and how many of them are held. */
  get counts(): { open: number; pinned: number } {
    return { open: this.all.size, pinned: this.pins };
  }

  /** Runs one statement on any connection. @throws SqlError, EngineGoneError, NoFreeConnectionError. */
  async run(statement: Statement, values: readonly SqlValue[]): Promise<Row | null> {
    const connection = this.take() ?? (await this.acquire());
    try {
      return await connection.run(statement, values);
    } finally {
      this.release(connection);
    }
  }

  /** A connection to give back by `release`. @throws EngineGoneError, NoFreeConnectionError. */
  async acquire(): Promise<PgConnection> {
    const ready = this.take();
    if (ready !== null) return ready;
    if (this.down !== null) throw this.down;
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve, reject, since: Date.now() });
      this.grow();
    });
  }

  /**
   * A connection to hold for longer; `unpin` and `release` end that.
   * @throws EngineGoneError, NoFreeConnectionError when too many are held for too long.
   */
  async acquirePinned(): Promise<PgConnection> {
    if (!this.pin()) {
      await new Promise<void>((resolve, reject) => {
        this.pinWaiters.push({ resolve, reject, since: Date.now() });
      });
    }
    try {
      return await this.acquire();
    } catch (error) {
      this.unpin();
      throw error;
    }
  }

  /** Marks a connection in use as held for longer. False: too many are held already. */
  pin(): boolean {
    if (this.pins >= this.limits.pinned) return false;
    this.pins += 1;
    return true;
  }

  /** Ends what `pin` began. */
  unpin(): void {
    const next = this.pinWaiters.shift();
    if (next === undefined) this.pins -= 1;
    else next.resolve();
  }

  release(connection: PgConnection): void {
    if (!connection.usable || this.closed) {
      this.discard(connection);
      return;
    }
    const waiter = this.waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve(connection);
      return;
    }
    connection.idleSince = Date.now();
    this.idle.push(connection);
  }

  /** Closes a connection whose session is not clean. */
  discard(connection: PgConnection): void {
    connection.close();
    this.all.delete(connection);
    this.grow();
  }

  /** Closes connections that nobody used lately and ends waits that took too long. Called once a second. */
  tidy(now: number): void {
    this.expire(this.waiters, now);
    this.expire(this.pinWaiters, now);
    for (const connection of this.idle.filter((each) => !each.usable)) this.drop(connection);
    const oldest = this.idle[0];
    if (oldest !== undefined && this.all.size > KEPT && now - oldest.idleSince > this.limits.idleMs) {
      this.drop(oldest);
    }
  }

  close(): void {
    this.closed = true;
    for (const connection of this.all) connection.close();
    this.all.clear();
    this.fail(new EngineGoneError('the gateway is ending'));
  }

  private expire(waiters: { since: number; reject(error: Error): void }[], now: number): void {
    while (waiters[0] !== undefined && now - waiters[0].since > this.limits.waitMs) {
      waiters.shift()?.reject(new NoFreeConnectionError('no SQL connection became free in time'));
    }
  }

  /** An idle connection, or null. */
  take(): PgConnection | null {
    for (let connection = this.idle.pop(); connection !== undefined; connection = this.idle.pop()) {
      if (connection.usable) return connection;
      this.all.delete(connection);
    }
    return null;
  }

  private drop(connection: PgConnection): void {
    this.idle.splice(this.idle.indexOf(connection), 1);
    this.discard(connection);
  }

  private grow(): void {
    const wanted = Math.min(this.waiters.length, this.limits.size - this.all.size) - this.opening;
    if (this.closed || this.down !== null) return;
    for (let more = wanted; more > 0; more -= 1) void this.open();
  }

  private async open(): Promise<void> {
    this.opening += 1;
    try {
      const connection = await PgConnection.open(this.address, () => this.lost());
      this.opening -= 1;
      this.all.add(connection);
      this.setDown(null);
      this.release(connection);
    } catch (error) {
      this.opening -= 1;
      // The engine is there but full: whoever waits gets a connection of ours that becomes free.
      if (error instanceof SqlError && error.state === TOO_MANY_CLIENTS && this.all.size > 0) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.setDown(error instanceof EngineGoneError ? error : new EngineGoneError(reason));
    }
  }

  /** A session broke that nobody closed: perhaps the engine did, so look at once. */
  private lost(): void {
    if (this.opening === 0 && !this.closed && this.down === null) void this.open();
  }

  private setDown(error: EngineGoneError | null): void {
    if ((error === null) !== (this.down === null)) this.onHealth(error);
    this.down = error;
    if (error === null || this.closed) return;
    this.fail(error);
    if (this.opening === 0) setTimeout(() => this.closed || void this.open(), LOOK_AGAIN_MS).unref();
  }

  private fail(error: Error): void {
    for (const waiter of [...this.waiters.splice(0), ...this.pinWaiters.splice(0)]) waiter.reject(error);
  }
}
