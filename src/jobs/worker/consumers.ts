import { setTimeout as sleep } from 'node:timers/promises';
import { BullRegistrar, type WorkerHost } from '@nestjs/bullmq';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { JobHandlers } from './job-handlers.js';
import { JobRunner } from './job-runner.js';
import { ConsumerRedis, QueueHosts } from './tokens.js';

/** Milliseconds that running jobs get to end by themselves, and then to be given back. */
const grace = 20_000;
const giveBackTime = 3_000;

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
    @Inject(ConsumerRedis) private readonly redis: Redis,
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
    // BullMQ would wait for a Redis that is away; then only what runs here is waited for.
    const isReachable = this.redis.status === 'ready';
    const closed = isReachable ? this.closeAll(false) : this.runner.idle().then(() => this.closeAll(true));
    if (await endsWithin(grace, closed)) return;
    this.runner.giveBack();
    if (await endsWithin(giveBackTime, closed)) return;
    this.logger.warn('some jobs did not end: another worker takes them when their locks expire');
  }

  private async closeAll(force: boolean): Promise<void> {
    await Promise.all(this.hosts.map(({ worker }) => worker.close(force)));
  }
}

async function endsWithin(limit: number, work: Promise<void>): Promise<boolean> {
  const late = new AbortController();
  const limited = sleep(limit, false, { signal: late.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), limited]);
  } finally {
    late.abort();
  }
}
