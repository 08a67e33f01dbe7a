import { once } from 'node:events';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { BackgroundLoop } from '../../../common/background-loop.js';
import { DatabaseConnection } from '../database-connection.js';
import { SignalFeed } from './signal-feed.js';
import { SignalsRepository } from './signals.repository.js';

/** Milliseconds between two polls. */
const interval = 1_000;
/** Milliseconds: a database that takes longer is asked again, on another connection. */
const timeLimit = 3_000;
/**
 * Milliseconds by which each poll looks back behind the one before. A signal has the time of its write and is seen
 * from its commit on: it must be longer than a transaction may run (MongoDB ends one after 60 s).
 */
const overlap = 90_000;

/**
 * Reads the signals of all processes: everything that lives before this process is ready, then each second what is
 * new. Where to read on from is the database's own time; this process's clock only measures how long ago that was.
 */
@Injectable()
export class SignalPoller implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(SignalPoller.name);
  private readonly loop = new BackgroundLoop(interval, () => this.attempt());
  private asking: AbortController | undefined;
  /** The database's time of the last poll that succeeded. */
  private position: Date | undefined;
  /** Those that the last poll found: the next one finds most of them again. */
  private known: ReadonlySet<string> = new Set();
  private failing = false;

  constructor(
    @Inject(DatabaseConnection) private readonly connection: Pick<DatabaseConnection, 'whenPrepared'>,
    @Inject(SignalsRepository) private readonly signals: Pick<SignalsRepository, 'now' | 'since'>,
    private readonly feed: SignalFeed,
  ) {}

  onModuleInit(): void {
    this.connection.whenPrepared('reading the signals', async () => {
      await this.poll();
      this.loop.start();
    });
  }

  async onModuleDestroy(): Promise<void> {
    const stopped = this.loop.stop();
    this.asking?.abort();
    await stopped;
  }

  private async attempt(): Promise<void> {
    try {
      await this.poll();
      if (this.failing) this.logger.log('the signals are read again');
      this.failing = false;
    } catch (error) {
      if (this.loop.isStopping) return;
      if (!this.failing) this.logger.warn({ err: error }, 'the signals cannot be read');
      this.failing = true;
    }
  }

  /** @throws the driver's error, or an abort after the time limit. */
  private async poll(): Promise<void> {
    const asking = (this.asking = new AbortController());
    const limit = setTimeout(() => asking.abort(new Error(`no answer within ${timeLimit} ms`)), timeLimit);
    try {
      // The driver's word is not waited for: a promise of it that never settles would end all polling.
      await Promise.race([this.read(asking.signal), failsWhenAborted(asking.signal)]);
    } finally {
      clearTimeout(limit);
    }
  }

  private async read(abort: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    // Asked first: what is committed after it is found by the next poll.
    const now = await this.signals.now(abort);
    const from = this.position && new Date(this.position.getTime() - overlap);
    const found = await this.signals.since(from, abort);
    abort.throwIfAborted();

    for (const { key, signal, expiresAt } of found) {
      if (!this.known.has(key)) this.feed.receive(signal, expiresAt.getTime() - now.getTime());
    }
    this.known = new Set(found.map(({ key }) => key));
    this.position = now;
    this.feed.completeUntil(startedAt);
  }
}

async function failsWhenAborted(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw signal.reason;
}
