import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BackgroundService } from '../../common/background-service.js';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { JobsRepository } from '../jobs.repository.js';
import { LeasesRepository } from '../reconciler/leases.repository.js';
import { EffectMarksRepository, type EffectMark } from './effect-marks.repository.js';

const lease = 'effect-marks';
const leaseTime = 60_000;
const day = 24 * 60 * 60 * 1_000;
const interval = day / 24;
/** How often a process asks whether it is time again. */
const askInterval = 10 * 60_000;
/** Marks are kept for so long at least, and for as long as the job has a row. */
const keptAtLeast = 30 * day;
const batch = 500;

/**
 * Clears marks away whose job is gone. A time to live would not do: a dead job keeps its row, may be retried after a
 * year, and must then find what it has already done.
 */
@Injectable()
export class EffectMarksSweep extends BackgroundService {
  private readonly holder = randomUUID();

  constructor(
    private readonly marks: EffectMarksRepository,
    private readonly jobs: JobsRepository,
    private readonly leases: LeasesRepository,
    private readonly database: DatabaseConnection,
  ) {
    super({ pause: askInterval, failing: 'old marks are cleared away later' });
  }

  /** @returns how many marks went. */
  async sweep(before: Date): Promise<number> {
    let removed = 0;
    let last: EffectMark | undefined;
    for (let found = batch; found === batch && !this.loop.isStopping;) {
      const marks = await this.marks.findOld(before, last, batch);
      found = marks.length;
      last = marks.at(-1);
      const alive = await this.jobs.existing(marks.map(({ jobId }) => jobId));
      const gone = marks.filter(({ jobId }) => !alive.has(jobId));
      if (gone.length > 0) await this.marks.remove(gone.map(({ scope }) => scope));
      removed += gone.length;
    }
    return removed;
  }

  protected override async round(): Promise<void> {
    if (!this.database.isPrepared) return;
    if (!(await this.leases.take(lease, this.holder, leaseTime, { early: false }))) return;
    await this.sweep(new Date(Date.now() - keptAtLeast));
    await this.leases.release(lease, this.holder, interval);
  }
}
