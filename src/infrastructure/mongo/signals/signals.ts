import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { authConfig } from '../../../config/auth.config.js';
import { UnitOfWork } from '../unit-of-work.js';
import { SignalChannel } from './signal-channel.js';
import { SignalFeed } from './signal-feed.js';
import type { Signal } from './signal.js';
import { signalLifetime } from './signal-lifetime.js';
import { SignalsRepository } from './signals.repository.js';

/** Tells every process, by the database, what it must no longer go by. */
@Injectable()
export class Signals {
  private readonly lifetime: number;

  constructor(
    private readonly signals: SignalsRepository,
    private readonly feed: SignalFeed,
    private readonly channel: SignalChannel,
    private readonly unitOfWork: UnitOfWork,
    @Inject(authConfig.KEY) { accessTokenTtl }: ConfigType<typeof authConfig>,
  ) {
    this.lifetime = signalLifetime(accessTokenTtl);
  }

  /**
   * Joins the running unit of work: the signal and the change that causes it are committed together. This process
   * goes by it from the commit on, the others within a second or so.
   */
  async emit(...signals: readonly Signal[]): Promise<void> {
    if (signals.length === 0) return;
    await this.signals.insert(signals, this.lifetime);
    await this.unitOfWork.afterCommit(() => {
      for (const signal of signals) this.feed.receive(signal, this.lifetime);
      this.channel.publish(signals);
    });
  }
}
