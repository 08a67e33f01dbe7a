import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { signalsConfig } from '../../../config/signals.config.js';
import { ExpiringSet } from './expiring-set.js';
import type { EndingKind, Signal } from './signal.js';

export type SignalListener = (signal: Signal) => void;

/**
 * What this process knows of revocations. What has ended is only ever added, and kept until no token can name it any
 * more; whoever remembers users or roles listens, and drops what a signal is about.
 *
 * A process that does not follow the signals (SignalPoller) is never fresh.
 */
@Injectable()
export class SignalFeed {
  private readonly logger = new Logger(SignalFeed.name);
  private readonly ended: Record<EndingKind, ExpiringSet> = {
    session: new ExpiringSet(),
    'api-key': new ExpiringSet(),
  };
  private readonly listeners: SignalListener[] = [];
  private completeAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(signalsConfig.KEY) private readonly config: Pick<ConfigType<typeof signalsConfig>, 'staleAfter'>,
  ) {}

  /** Milliseconds since everything that was committed then was known here. */
  get freshness(): number {
    return performance.now() - this.completeAt;
  }

  /** Whether what this process remembers may be gone by. If not, ask the database. */
  get isFresh(): boolean {
    return performance.now() - this.completeAt <= this.config.staleAfter;
  }

  isEnded(kind: EndingKind, id: string): boolean {
    return this.ended[kind].has(id);
  }

  /** Called for each signal, sometimes more than once, before any request can go by it. Must not throw. */
  onSignal(listener: SignalListener): void {
    this.listeners.push(listener);
  }

  /** `lifetime`: milliseconds for which a token may still name what has ended. */
  receive(signal: Signal, lifetime: number): void {
    if (signal.kind === 'session' || signal.kind === 'api-key') {
      this.ended[signal.kind].add(signal.id, performance.now() + lifetime);
    }
    for (const listener of this.listeners) {
      try {
        listener(signal);
      } catch (error) {
        this.logger.error({ err: error }, 'a listener failed on a signal');
      }
    }
  }

  /** Everything that was committed at `time` (of this process's performance.now) has been received. */
  completeUntil(time: number): void {
    this.completeAt = time;
    const now = performance.now();
    for (const set of Object.values(this.ended)) set.sweep(now);
  }
}
