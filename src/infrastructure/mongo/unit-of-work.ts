import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { AsyncContext } from '../../common/async-context.js';
import { DomainError } from '../../common/domain-error.js';
import { Places } from '../../common/places.js';
import { mongoConfig } from '../../config/mongo.config.js';
import { TooManyTransactionsError } from './database-errors.js';
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
  private readonly places: Places;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    @Inject(mongoConfig.KEY) private readonly config: ConfigType<typeof mongoConfig>,
  ) {
    // No more transactions than connections: those that have begun could find each connection taken by ones that the
    // server makes wait until they have ended.
    this.places = new Places(config.maxPoolSize);
  }

  /**
   * Runs `fn` in a transaction, or in the one that already runs. `fn` may run again after a conflict: make ids
   * outside it, keep its effects in the database or in afterCommit, and use no Promise.all inside (a transaction
   * takes one operation at a time).
   * @throws whatever fn throws, after rolling back; DomainError unavailable / DATABASE_BUSY after too many conflicts;
   * TooManyTransactionsError when others take so long that this one can't begin.
   */
  async run<Result>(fn: () => Promise<Result>): Promise<Result> {
    if (this.units.current() !== undefined) return fn();

    if (!this.places.take()) await this.waitForPlace();
    let result: Result;
    let afterCommit: readonly Effect[];
    try {
      ({ result, afterCommit } = await this.transact(fn));
    } finally {
      this.places.leave();
    }
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

  private async waitForPlace(): Promise<void> {
    const { turn, withdraw } = this.places.queue();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        withdraw();
        reject(new TooManyTransactionsError('too many transactions are open'));
      }, this.config.serverSelectionTimeout);
    });
    await Promise.race([turn, tooLate]).finally(() => clearTimeout(timer));
  }

  private async transact<Result>(
    fn: () => Promise<Result>,
  ): Promise<{ result: Result; afterCommit: readonly Effect[] }> {
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
    return { result: await transaction.finally(leave), afterCommit };
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
