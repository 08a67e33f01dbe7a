import { Injectable, Logger } from '@nestjs/common';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { RedisStatus, type RedisDetail } from '../../infrastructure/redis/redis-status.js';
import { QueueStatus } from '../../jobs/queue-status.js';
import { WorkersAlive } from '../../jobs/workers-alive.js';
import { checkTimeLimit } from './limits.js';
import { SharedCheck } from './shared-check.js';

/** The questions that every probe of this process shares, however it was asked. */
@Injectable()
export class DependencyChecks {
  private readonly logger = new Logger('Health');
  readonly database: SharedCheck<void>;
  readonly redis: SharedCheck<RedisDetail>;
  readonly queue: SharedCheck<void>;
  /** How many worker processes have lately said that they live. */
  readonly workers: SharedCheck<number>;

  constructor(database: DatabaseConnection, redis: RedisStatus, queue: QueueStatus, workers: WorkersAlive) {
    this.database = this.shared('the database', (signal) => database.ping(signal));
    this.redis = this.shared('Redis', () => redis.inspect());
    this.queue = this.shared('the queue', () => queue.ping());
    this.workers = new SharedCheck(() => workers.count(), checkTimeLimit);
  }

  private shared<Value>(name: string, ask: (signal: AbortSignal) => Promise<Value>): SharedCheck<Value> {
    return new SharedCheck(ask, checkTimeLimit, (up, cause) => {
      if (up) this.logger.log(`${name} answers again`);
      else this.logger.warn({ err: cause }, `${name} does not answer`);
    });
  }
}
