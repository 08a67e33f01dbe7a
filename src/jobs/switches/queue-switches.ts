import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { QueueRedis } from '../../infrastructure/redis/queue-redis.js';
import { JobCatalogue } from '../catalogue/catalogue.js';
import { Queues } from '../queues.js';
import { QueueSwitchesRepository } from './queue-switches.repository.js';

/** Which queues are paused. The ledger's database says so; BullMQ is told now, when Redis is back, and in each pass. */
@Injectable()
export class QueueSwitches implements OnModuleInit {
  private readonly logger = new Logger(QueueSwitches.name);

  constructor(
    private readonly switches: QueueSwitchesRepository,
    private readonly queues: Queues,
    private readonly catalogue: JobCatalogue,
    private readonly unitOfWork: UnitOfWork,
    private readonly database: DatabaseConnection,
    private readonly redis: QueueRedis,
  ) {}

  onModuleInit(): void {
    this.redis.producer.on('ready', () => this.tell());
  }

  /** Workers finish what they run and take no more. Joins the running unit of work. */
  async pause(queue: string): Promise<void> {
    await this.set(queue, true);
  }

  async resume(queue: string): Promise<void> {
    await this.set(queue, false);
  }

  async paused(): Promise<ReadonlySet<string>> {
    return this.switches.paused();
  }

  /** Makes BullMQ agree. @throws Error when Redis or the database is away. */
  async apply(): Promise<void> {
    const paused = await this.switches.paused();
    for (const name of this.catalogue.queues) {
      const queue = this.queues.get(name);
      const isPaused = await queue.isPaused();
      if (paused.has(name) && !isPaused) await queue.pause();
      if (!paused.has(name) && isPaused) await queue.resume();
    }
  }

  private async set(queue: string, isPaused: boolean): Promise<void> {
    await this.switches.set(queue, isPaused);
    // Not awaited: whoever pauses a queue does not wait for a Redis that is away.
    await this.unitOfWork.afterCommit(() => this.tell());
  }

  private tell(): void {
    if (!this.database.isPrepared || this.redis.producer.status !== 'ready') return;
    this.apply().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'BullMQ is told later which queues are paused');
    });
  }
}
