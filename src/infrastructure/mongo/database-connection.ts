import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { mongoConfig } from '../../config/mongo.config.js';
import { Tracing } from '../telemetry/tracing.js';
import { DatabaseIndexes } from './database-indexes.js';

type Task = () => Promise<void>;

const firstPause = 250;
const longestPause = 10_000;

/**
 * Opens the connection in the background, for as long as it takes: a process whose database is away at its start
 * serves its probes, and heals by itself. The driver reconnects on its own once it has been connected.
 */
@Injectable()
export class DatabaseConnection implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseConnection.name);
  private readonly stopped = new AbortController();
  private readonly tasks: { name: string; run: Task }[] = [];
  private preparing: Promise<void> | undefined;
  private prepared = false;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    @Inject(mongoConfig.KEY) private readonly config: ConfigType<typeof mongoConfig>,
    private readonly indexes: DatabaseIndexes,
    private readonly tracing: Tracing,
  ) {}

  /** Connected, indexes in place (where this process makes them) and every whenPrepared task done. */
  get isPrepared(): boolean {
    return this.prepared;
  }

  /** Registers work that needs the database and must be done before the process is ready, such as seeding. */
  whenPrepared(name: string, run: Task): void {
    this.tasks.push({ name, run });
  }

  onApplicationBootstrap(): void {
    // Deliberately not awaited: the boot must not wait for the database. Every module's onModuleInit, where the tasks
    // are registered, is done by now.
    this.preparing = this.prepare();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped.abort();
    await this.preparing;
  }

  /** The last thing to close: what others finish in their own hooks still needs it. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }

  /** Resolves when isPrepared turns true, or the process stops. */
  async untilPrepared(): Promise<void> {
    await this.preparing;
  }

  /**
   * Aborting the signal ends the wait, also for a database that is frozen, and drops the connection it was asked on.
   * @throws the driver's error when the database does not answer.
   */
  async ping(signal: AbortSignal): Promise<void> {
    if (this.connection.db === undefined) throw new Error('not connected yet');
    await this.connection.db.command({ ping: 1 }, { signal });
  }

  private async prepare(): Promise<void> {
    await this.persist('connecting to the database', () => this.open());
    if (this.config.autoIndex) await this.persist('creating indexes', () => this.indexes.create());
    for (const task of this.tasks) await this.persist(task.name, task.run);
    this.prepared = !this.stopped.signal.aborted;
  }

  private async open(): Promise<void> {
    await this.connection.openUri(this.config.uri, {
      maxPoolSize: this.config.maxPoolSize,
      minPoolSize: Math.min(this.config.minPoolSize, this.config.maxPoolSize),
      maxIdleTimeMS: this.config.maxIdleTime,
      serverSelectionTimeoutMS: this.config.serverSelectionTimeout,
      socketTimeoutMS: this.config.socketTimeout,
      family: Number(this.config.family),
      writeConcern: { w: 'majority' },
      autoIndex: false,
      autoCreate: false,
      appName: 'nexus-backend',
      // For CommandSpans.
      ...(this.tracing.isOn && { monitorCommands: true }),
    });
  }

  private async persist(name: string, task: Task): Promise<void> {
    const { signal } = this.stopped;
    for (let pause = firstPause; !signal.aborted; pause = Math.min(pause * 2, longestPause)) {
      try {
        return await task();
      } catch (error) {
        if (signal.aborted) return;
        this.logger.warn({ err: error, retryInMs: pause }, `${name} failed, trying again`);
        await sleep(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
