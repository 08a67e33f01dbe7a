import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DatabaseConnection } from './database-connection.js';

/** Milliseconds between two looks at the database's clock. */
const interval = 5_000;
/** Milliseconds. */
const timeLimit = 3_000;
/** Milliseconds by which this process's own clock may be wrong before its operator is told. */
const tolerated = 2_000;

/**
 * Lets the clock of this process follow the database's, so that all processes have one time, whatever theirs say:
 * tokens, codes, schedules and due times of one are right for the others.
 */
@Injectable()
export class DatabaseClock implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(DatabaseClock.name);
  private timer: NodeJS.Timeout | undefined;
  private isOff = false;

  constructor(
    private readonly database: DatabaseConnection,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.database.whenPrepared('reading the time of the database', async () => {
      await this.compare();
      // The first answer took its connection's making as well.
      await this.compare();
      this.timer ??= setInterval(() => void this.look(), interval).unref();
    });
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** A database that is away is told of by others: the time goes on by what was learned. */
  private async look(): Promise<void> {
    await this.compare().catch(() => undefined);
  }

  /** @throws the driver's error, or an abort after the time limit. */
  private async compare(): Promise<void> {
    const from = performance.now();
    const reply = await this.database.lifeline.command(
      { hello: 1 },
      { signal: AbortSignal.timeout(timeLimit) },
    );
    const localTime: unknown = reply['localTime'];
    if (!(localTime instanceof Date)) throw new Error('the database does not tell its time');
    this.clock.follow(localTime, from, performance.now());
    this.tell(Math.round(this.clock.lead));
  }

  private tell(aheadMs: number): void {
    const isOff = Math.abs(aheadMs) > tolerated;
    if (isOff && !this.isOff)
      this.logger.warn({ aheadMs }, "this machine's clock is not the database's, which is gone by");
    this.isOff = isOff;
  }
}
