import { Injectable } from '@nestjs/common';
import type { SessionId } from '../../common/ids.js';

/**
 * What changes one session is done one after the other within this process. The database would keep the changes apart
 * as well, but by holding a connection for each that waits: fifty refreshes at once beside a logout would leave none
 * to the transaction that they wait for.
 */
@Injectable()
export class SessionTurns {
  private readonly last = new Map<SessionId, Promise<unknown>>();

  /** Runs `change` when all that came before for the session is done, however that ended. */
  async take<Result>(id: SessionId, change: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(id) ?? Promise.resolve();
    const turn = before.then(change, change);
    this.last.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.last.get(id) === turn) this.last.delete(id);
    }
  }
}
