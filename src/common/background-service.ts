import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { BackgroundLoop } from './background-loop.js';
import { farewell } from './ends-within.js';

interface Rounds {
  /** Milliseconds between two of them. */
  readonly pause: number;
  /** Told once when they begin to fail. */
  readonly failing: string;
  /** Told once when they succeed again; absent: nobody need know. */
  readonly healed?: string;
}

/** A provider with work that nobody waits for: in rounds, from the start of the process until it ends. */
export abstract class BackgroundService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  protected readonly logger = new Logger(this.constructor.name);
  protected readonly loop: BackgroundLoop;
  private isFailing = false;

  protected constructor(private readonly rounds: Rounds) {
    this.loop = new BackgroundLoop(rounds.pause, () => this.attempt(() => this.round()));
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Resolves when the round under way and the last words are over, or take too long; no other round follows. */
  async beforeApplicationShutdown(): Promise<void> {
    await farewell(
      this.logger,
      this.loop.stop().then(() => this.attempt(() => this.lastWords())),
    );
  }

  /** May fail: the next round tries again. */
  protected abstract round(): Promise<void>;

  /** What is left to be done when no round follows. May fail. */
  protected lastWords(): Promise<void> {
    return Promise.resolve();
  }

  /** Never throws: a failure is told in the words of the rounds, and only the first of a series. */
  protected async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.isFailing && this.rounds.healed !== undefined) this.logger.log(this.rounds.healed);
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn({ err: error }, this.rounds.failing);
      this.isFailing = true;
    }
  }
}
