import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { authConfig } from '../../../config/auth.config.js';
import type { Signal } from './signal.js';
import { SignalsRepository } from './signals.repository.js';

/** Milliseconds by which a signal outlives the longest access token. */
const margin = 5 * 60_000;

/** Tells every process, by the database, what it must no longer go by. */
@Injectable()
export class Signals {
  private readonly lifetime: number;

  constructor(
    private readonly signals: SignalsRepository,
    @Inject(authConfig.KEY) { accessTokenTtl }: ConfigType<typeof authConfig>,
  ) {
    this.lifetime = accessTokenTtl + margin;
  }

  /** Joins the running unit of work: the signal and the change that causes it are committed together. */
  async emit(...signals: readonly Signal[]): Promise<void> {
    if (signals.length > 0) await this.signals.insert(signals, this.lifetime);
  }
}
