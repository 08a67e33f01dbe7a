import { Injectable, Logger } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { AsyncContext } from '../../common/async-context.js';
import { DomainError } from '../../common/domain-error.js';
import { transactionStorage } from './transaction-storage.js';

type Effect = () => void | Promise<void>;

interface RunningUnit {
  readonly afterCommit: Effect[];
}

/** A conflict is retried by the driver for up to two minutes; no caller waits that long. */
const maximumAttempts = 25;

/**
 * One transaction around everything that must change together. Repositories need no session:
 * mongoose hands the running one to each operation (option transactionAsyncLocalStorage).
 */
@Injectable()
export class UnitOfWork {
  private readonly logger = new Logger(UnitOfWork.name);
  private readonly units = new AsyncContext<RunningUnit>();

  constructor(@InjectConnection() private readonly connection: Connection) {}

  /**
   * Runs `fn` in a transaction, or in the one that already runs. `fn` may run again after a conflict: make ids
   * outside it, keep its effects in the database or in afterCommit, and use no Promise.all inside (a transaction
   * takes one operation at a time).
   * @throws whatever fn throws, after rolling back; DomainError unavailable / DATABASE_BUSY after too many conflicts.
   */
  async run<Result>(fn: () => Promise<Result>): Promise<Result> {
    if (this.units.current() !== undefined) return fn();

    let attempts = 0;
    let afterCommit: Effect[] = [];
    const leave = transactionStorage().enter();
    const transaction = this.connection.transaction(() => {
      if (++attempts > maximumAttempts) {
        throw new DomainError('unavailable', 'DATABASE_BUSY', 'The service is busy, please try again.', {
          retryAfter: 1,
        });
      }
      // An attempt that conflicted is gone, and with it what it wanted done after its commit.
      afterCommit = [];
      return this.units.run({ afterCommit }, fn);
    });
    const result = await transaction.finally(leave);
    await this.runEffects(afterCommit);
    return result;
  }

  /** Runs `effect` once the running transaction is committed, or now when none runs. Its failure is only logged. */
  async afterCommit(effect: Effect): Promise<void> {
    const running = this.units.current();
    if (running === undefined) return this.runEffects([effect]);
    running.afterCommit.push(effect);
  }

  get isRunning(): boolean {
    return this.units.current() !== undefined;
  }

  private async runEffects(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      try {
        await effect();
      } catch (error) {
        this.logger.error({ err: error }, 'an effect after the commit failed');
      }
    }
  }
}
