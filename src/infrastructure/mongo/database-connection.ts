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
import { mongo, type Connection } from 'mongoose';
import { farewell } from '../../common/ends-within.js';
import { mongoConfig } from '../../config/mongo.config.js';
import { Tracing } from '../telemetry/tracing.js';
import { DatabaseIndexes } from './database-indexes.js';

type Task = () => Promise<void>;

const firstPause = 250;
const longestPause = 10_000;
/** The signals, a probe, and one whose answer is no longer waited for. */
const lifelineConnections = 3;

/**
 * Opens the connection in the background, for as long as it takes: a process whose database is away at its start
 * serves its probes, and heals by itself. The driver reconnects on its own once it has been connected.
 */
@Injectable()
export class DatabaseConnection implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseConnection.name);
  private readonly stopped = new AbortController();
  private readonly tasks: { name: string; run: Task }[] = [];
  private lifelineClient: mongo.MongoClient | undefined;
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
    await farewell(this.logger, Promise.resolve(this.preparing));
  }

  /** The last thing to close: what others finish in their own hooks still needs it. */
  async onApplicationShutdown(): Promise<void> {
    await farewell(this.logger, Promise.all([this.connection.close(), this.lifelineClient?.close()]));
  }

  /**
   * The database by connections of their own, for what must not wait behind requests: when there are more of them than
   * a slow database can answer, revocations are still read and probes still answered.
   * @throws Error before the first connection.
   */
  get lifeline(): mongo.Db {
    const { db } = this.connection;
    if (db === undefined || this.lifelineClient === undefined) throw new Error('not connected yet');
    return this.lifelineClient.db(db.databaseName);
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
    await this.lifeline.command({ ping: 1 }, { signal });
  }

  private async prepare(): Promise<void> {
    await this.persist('connecting to the database', () => this.open());
    if (this.config.autoIndex) await this.persist('creating indexes', () => this.indexes.create());
    for (const task of this.tasks) await this.persist(task.name, task.run);
    this.prepared = !this.stopped.signal.aborted;
  }

  private async open(): Promise<void> {
    const { uri, maxPoolSize, minPoolSize, maxIdleTime, serverSelectionTimeout } = this.config;
    const timings = {
      maxIdleTimeMS: maxIdleTime,
      serverSelectionTimeoutMS: serverSelectionTimeout,
      // Who waits for longer than this would be one of ever more: better told to come again.
      waitQueueTimeoutMS: serverSelectionTimeout,
      socketTimeoutMS: this.config.socketTimeout,
      family: Number(this.config.family),
    };
    await this.connection.openUri(uri, {
      ...timings,
      maxPoolSize,
      minPoolSize: Math.min(minPoolSize, maxPoolSize),
      writeConcern: { w: 'majority' },
      autoIndex: false,
      autoCreate: false,
      appName: 'nexus-backend',
      // For CommandSpans.
      ...(this.tracing.isOn && { monitorCommands: true }),
    });
    // It connects when it is first used.
    this.lifelineClient ??= new mongo.MongoClient(uri, {
      ...timings,
      maxPoolSize: lifelineConnections,
      appName: 'nexus-backend lifeline',
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
