import { Injectable, Logger } from '@nestjs/common';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { RedisStatus } from '../../infrastructure/redis/redis-status.js';
import { QueueStatus } from '../../jobs/queue-status.js';
import { WorkersAlive } from '../../jobs/workers-alive.js';
import { checkTimeLimit } from './limits.js';
import { SharedCheck } from './shared-check.js';

/** The questions that every probe of this process shares, however it was asked. */
@Injectable()
export class DependencyChecks {
  private readonly logger = new Logger('Health');
  readonly database: SharedCheck<void>;
  readonly redis: SharedCheck<void>;
  readonly queue: SharedCheck<void>;
  /** How many worker processes have lately said that they live. */
  readonly workers: SharedCheck<number>;

  constructor(database: DatabaseConnection, redis: RedisStatus, queue: QueueStatus, workers: WorkersAlive) {
    this.database = this.shared('the database', (signal) => database.ping(signal));
    this.redis = this.shared('Redis', () => redis.ping());
    this.queue = this.shared('the queue', () => queue.ping());
    this.workers = new SharedCheck(() => workers.count(), checkTimeLimit);
  }

  private shared(name: string, ask: (signal: AbortSignal) => Promise<void>): SharedCheck<void> {
    return new SharedCheck(ask, checkTimeLimit, (up, cause) => {
      if (up) this.logger.log(`${name} answers again`);
      else this.logger.warn({ err: cause }, `${name} does not answer`);
    });
  }
}
