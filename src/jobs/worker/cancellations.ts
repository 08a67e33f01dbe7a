import { Injectable } from '@nestjs/common';
import { BackgroundService } from '../../common/background-service.js';
import type { JobId } from '../../common/ids.js';
import { JobsRepository } from '../jobs.repository.js';
import type { Attempt } from './attempt.js';

const interval = 1_000;

/** Looks, for all jobs that run here in one read a second, whether somebody has cancelled one. */
@Injectable()
export class Cancellations extends BackgroundService {
  private readonly running = new Map<JobId, Set<Attempt>>();

  constructor(private readonly jobs: JobsRepository) {
    super({ pause: interval, failing: 'cancelled jobs are looked for again' });
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

  protected override async round(): Promise<void> {
    if (this.running.size === 0) return;
    for (const id of await this.jobs.cancelledAmong([...this.running.keys()])) {
      for (const attempt of this.running.get(id) ?? []) attempt.cancel();
    }
  }
}
