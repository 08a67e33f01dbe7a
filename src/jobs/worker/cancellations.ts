import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { JobId } from '../../common/ids.js';
import { BackgroundLoop } from '../background-loop.js';
import { JobsRepository } from '../jobs.repository.js';
import type { Attempt } from './attempt.js';

const interval = 1_000;

/** Looks, for all jobs that run here in one read a second, whether somebody has cancelled one. */
@Injectable()
export class Cancellations implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Cancellations.name);
  private readonly loop = new BackgroundLoop(interval, () => this.look());
  private readonly running = new Map<JobId, Set<Attempt>>();

  constructor(private readonly jobs: JobsRepository) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** The attempt is told once its job is cancelled. Call the function that it returns when the attempt has ended. */
  watch(id: JobId, attempt: Attempt): () => void {
    const attempts = this.running.get(id) ?? new Set();
    this.running.set(id, attempts.add(attempt));
    return () => {
      attempts.delete(attempt);
      if (attempts.size === 0) this.running.delete(id);
    };
  }

  private async look(): Promise<void> {
    if (this.running.size === 0) return;
    try {
      for (const id of await this.jobs.cancelledAmong([...this.running.keys()])) {
        for (const attempt of this.running.get(id) ?? []) attempt.cancel();
      }
    } catch (error) {
      this.logger.debug({ err: error }, 'cancelled jobs are looked for again');
    }
  }
}
