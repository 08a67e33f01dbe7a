import type { PgConnection } from './connection.js';
import type { Pool } from './pool.js';

/** One connection that several reads use at the same time, one behind the other. */
export interface Lane {
  readonly connection: PgConnection;
  users: number;
  /** When it last began or finished something, in milliseconds of performance.now(). */
  movedAt: number;
}

/** A lane whose statement takes longer than that is let alone. */
const FLOWING_MS = 2;
const DEPTH = 8;

/**
 * Short reads share a few connections instead of having one each: what goes to the engine, and comes back, together
 * costs a fraction of the system calls and process switches. Reads never wait for another transaction's locks, so
 * nothing can get stuck behind them; behind a slow one only those have to wait that came within its first moments. Only
 * for reads that leave no cursor: the engine keeps one a session.
 */
export class ReadLanes {
  private readonly lanes: Lane[] = [];

  constructor(
    private readonly pool: Pool,
    private readonly width: number,
  ) {}

  /** A lane to run one read on; `leave` ends that. @throws EngineGoneError, NoFreeConnectionError */
  async enter(): Promise<Lane> {
    const now = performance.now();
    const flowing = this.lanes.length < this.width ? null : this.leastBusy(now);
    if (flowing !== null) {
      flowing.users += 1;
      return flowing;
    }
    const connection = this.pool.take() ?? (await this.pool.acquire());
    const lane: Lane = { connection, users: 1, movedAt: now };
    this.lanes.push(lane);
    return lane;
  }

  leave(lane: Lane): void {
    lane.users -= 1;
    lane.movedAt = performance.now();
    if (lane.users > 0) return;
    this.lanes.splice(this.lanes.indexOf(lane), 1);
    this.pool.release(lane.connection);
  }

  private leastBusy(now: number): Lane | null {
    let best: Lane | null = null;
    for (const lane of this.lanes) {
      if (lane.users >= DEPTH || now - lane.movedAt > FLOWING_MS || !lane.connection.usable) continue;
      if (best === null || lane.users < best.users) best = lane;
    }
    return best;
  }
}
