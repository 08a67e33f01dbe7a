import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { BackgroundService } from '../../common/background-service.js';
import type { JobId } from '../../common/ids.js';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { Metrics } from '../../infrastructure/telemetry/metrics.js';
import { deadLetterAlert } from '../catalogue/dead-letter-alert.js';
import { JobProducer } from '../job-producer.js';
import { LeasesRepository } from '../reconciler/leases.repository.js';
import { DeadLettersRepository } from './dead-letters.repository.js';

const interval = 2_000;
const leaseTime = 15_000;
/** Milliseconds between two alerts about the same queue, by all processes together. */
const pause = 60_000;
/** Jobs that one alert is about at most; the next one is about the others. */
const mostTold = 10_000;
const longestSample = 10;

/** What an alert is about. */
interface Deaths {
  readonly jobs: number;
  /** Some of them. */
  readonly ids: readonly JobId[];
}

/**
 * Tells the operators of jobs that failed for good: in the log, in a counter, and by a job of its own, written in the
 * transaction that ticks them off, so that no alert is lost or sent twice.
 */
@Injectable()
export class DeadLetterAlerts extends BackgroundService {
  private readonly holder = randomUUID();
  private readonly counter: Counter<'queue'>;

  constructor(
    private readonly letters: DeadLettersRepository,
    private readonly leases: LeasesRepository,
    private readonly producer: JobProducer,
    private readonly unitOfWork: UnitOfWork,
    private readonly database: DatabaseConnection,
    metrics: Metrics,
  ) {
    super({ pause: interval, failing: 'dead letters are told of later' });
    this.counter = metrics.counter({
      name: 'dead_letters_total',
      help: 'Jobs that failed for good, as far as this process has told of them.',
      labels: ['queue'],
    });
  }

  protected override async round(): Promise<void> {
    if (!this.database.isPrepared) return;
    for (const queue of await this.letters.unalertedQueues()) await this.alertWhenDue(queue);
  }

  private async alertWhenDue(queue: string): Promise<void> {
    const lease = `dead-letters:${queue}`;
    if (!(await this.leases.take(lease, this.holder, leaseTime, { early: false }))) return;
    const { jobs, ids } = await this.unitOfWork.run(() => this.alert(queue));
    await this.leases.release(lease, this.holder, pause);
    if (jobs === 0) return;
    this.counter.inc({ queue }, jobs);
    this.logger.error({ queue, jobs, ids }, 'jobs failed for good');
  }

  private async alert(queue: string): Promise<Deaths> {
    const letters = await this.letters.findUnalerted(queue, mostTold);
    const jobs = await this.letters.markAlerted(letters.map(({ id }) => id));
    const ids = letters.slice(0, longestSample).map(({ id }) => id);
    // An alert that could not be sent is no reason for another one.
    const names = [...new Set(letters.map(({ name }) => name))].filter(
      (name) => name !== deadLetterAlert.name,
    );
    if (jobs > 0 && names.length > 0) {
      await this.producer.enqueue(deadLetterAlert, { queue, jobs, ids, names }, { priority: 'HIGH' });
    }
    return { jobs, ids };
  }
}
