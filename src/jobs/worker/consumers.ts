import { setTimeout as sleep } from 'node:timers/promises';
import { BullRegistrar, type WorkerHost } from '@nestjs/bullmq';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { endsWithin } from '../../common/ends-within.js';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { ConsumerRedis } from '../../infrastructure/redis/consumer-redis.js';
import { JobHandlers } from './job-handlers.js';
import { JobRunner } from './job-runner.js';
import { QueueHosts } from './tokens.js';

/** Milliseconds that running jobs get to end by themselves. */
const grace = 20_000;
/** Milliseconds for giving back what still runs, and for the last words to Redis. */
const settlingTime = 3_000;

/** Starts taking jobs when the process can do them, and stops before anything that a job needs is closed. */
@Injectable()
export class Consumers implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Consumers.name);
  private started = false;
  private stopping = false;

  constructor(
    private readonly registrar: BullRegistrar,
    private readonly handlers: JobHandlers,
    private readonly runner: JobRunner,
    private readonly database: DatabaseConnection,
    @Inject(QueueHosts) private readonly hosts: readonly WorkerHost[],
    private readonly redis: ConsumerRedis,
  ) {}

  /** @throws Error when the catalogue and the handlers do not fit: the process must not start. */
  onApplicationBootstrap(): void {
    this.handlers.find();
    // In the background: the database may be away, and its probe must be served meanwhile.
    void this.startWhenPrepared();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    if (this.started) await this.stop();
    this.redis.disconnect();
  }

  private async startWhenPrepared(): Promise<void> {
    // Other modules' hooks run in this turn; among them the one that begins to prepare the database.
    await sleep(0);
    await this.database.untilPrepared();
    if (this.stopping) return;
    this.registrar.register();
    this.started = true;
    this.logger.log('taking jobs');
  }

  private async stop(): Promise<void> {
    this.redis.stayLost();
    // BullMQ's orderly end waits for Redis; without it there is nothing to wait for but what runs here.
    const isReachable = this.redis.status === 'ready';
    const closed = isReachable ? this.closeAll(false) : this.runner.idle().then(() => this.closeAll(true));
    if (!(await endsWithin(grace, Promise.race([closed, this.runner.idle()])))) this.runner.giveBack();
    if (await endsWithin(settlingTime, closed)) return;
    this.logger.warn('the queues did not close: another worker takes their jobs when the locks expire');
  }

  private async closeAll(force: boolean): Promise<void> {
    await Promise.all(this.hosts.map(({ worker }) => worker.close(force)));
  }
}
