import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { BackgroundLoop } from '../../common/background-loop.js';
import { Clock } from '../../common/clock.js';
import { farewell } from '../../common/ends-within.js';
import type { ApiKeyId } from '../../common/ids.js';
import { ApiKeyUsageRepository, type KeyUse } from './api-key-usage.repository.js';
import { dayOf } from './calendar.js';

/** Milliseconds: how late the times and counts may be. */
const interval = 5_000;
const batchSize = 500;

/**
 * When each key was last used and how often a day, counted in memory and written together. A process that is killed
 * takes the counts of its last seconds with it.
 */
@Injectable()
export class KeyActivity implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(KeyActivity.name);
  private readonly loop = new BackgroundLoop(interval, () => this.write());
  private uses = new Map<string, KeyUse>();
  private writing: Promise<void> = Promise.resolve();
  private isFailing = false;

  constructor(
    private readonly usage: ApiKeyUsageRepository,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await farewell(
      this.logger,
      this.loop.stop().then(() => this.write()),
    );
  }

  used(keyId: ApiKeyId): void {
    const at = this.clock.now();
    const day = dayOf(at);
    this.count({ keyId, day, requests: 1, lastUsedAt: at });
  }

  /** Writes what was counted until now. Never throws: what cannot be written is written later. */
  async write(): Promise<void> {
    this.writing = this.writing.then(() => this.writeAll());
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    const uses = [...this.uses.values()];
    this.uses = new Map();
    for (let start = 0; start < uses.length; start += batchSize) {
      await this.writeBatch(uses.slice(start, start + batchSize));
    }
  }

  private async writeBatch(batch: readonly KeyUse[]): Promise<void> {
    try {
      for (const use of await this.usage.add(batch)) this.count(use);
      this.isFailing = false;
    } catch (error) {
      for (const use of batch) this.count(use);
      if (!this.isFailing) this.logger.warn({ err: error }, 'the use of API keys is written later');
      this.isFailing = true;
    }
  }

  private count({ keyId, day, requests, lastUsedAt }: KeyUse): void {
    const name = `${keyId}:${day}`;
    const known = this.uses.get(name);
    if (known === undefined) {
      this.uses.set(name, { keyId, day, requests, lastUsedAt });
      return;
    }
    known.requests += requests;
    if (lastUsedAt > known.lastUsedAt) known.lastUsedAt = lastUsedAt;
  }
}
