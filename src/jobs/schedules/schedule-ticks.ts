import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BackgroundService } from '../../common/background-service.js';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import { jobIds, type JobId } from '../../common/ids.js';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { isDatabaseUnavailable } from '../../infrastructure/mongo/database-errors.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { JobCatalogue } from '../catalogue/catalogue.js';
import type { AnyJobType } from '../catalogue/job-type.js';
import { JobProducer } from '../job-producer.js';
import { JobsRepository } from '../jobs.repository.js';
import { dueTicks } from './due-ticks.js';
import type { Schedule } from './schedule.js';
import { SchedulesRepository } from './schedules.repository.js';

const interval = 1_000;
const batch = 100;

/**
 * Makes a job of each tick, in one transaction with the step to the next tick: any number of processes may do it at
 * once, and none needs Redis. The job's id is made of '<schedule>/<tick>', so that no tick can ever be two jobs.
 */
@Injectable()
export class ScheduleTicks extends BackgroundService {
  constructor(
    private readonly schedules: SchedulesRepository,
    private readonly catalogue: JobCatalogue,
    private readonly producer: JobProducer,
    private readonly jobs: JobsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly database: DatabaseConnection,
    private readonly clock: Clock,
  ) {
    super({ pause: interval, failing: 'schedules tick later' });
  }

  /** Everything that is due now. Safe to run beside itself. @throws Error when the database is away. */
  async tick(): Promise<void> {
    for (const schedule of await this.schedules.findDue(this.clock.now(), batch)) {
      try {
        await this.unitOfWork.run(() => this.step(schedule));
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw error;
        // One that cannot tick, e.g. in a time zone that is no more, keeps no other from it.
        const { queue, id } = schedule;
        this.logger.error({ err: error, queue, schedule: id }, 'a schedule cannot tick');
      }
    }
  }

  protected override async round(): Promise<void> {
    if (this.database.isPrepared) await this.tick();
  }

  private async step(schedule: Schedule): Promise<void> {
    const { nextAt: from, queue, id, name } = schedule;
    if (from === null) return;
    const { run, next } = dueTicks(schedule, from, this.clock.now());
    if (!(await this.schedules.advance(schedule, from, next, run.at(-1) ?? null))) return;
    const type = this.catalogue.find(name);
    if (type === undefined) {
      this.logger.error(
        { queue, schedule: id, job: name },
        'a schedule makes jobs of a type that is not declared',
      );
      return;
    }
    for (const tick of run) {
      const job = tickJobId(`${queue}/${id}`, tick);
      if ((await this.jobs.existing([job])).size === 0) await this.enqueue(schedule, type, job);
    }
  }

  private async enqueue({ queue, id, data }: Schedule, type: AnyJobType, job: JobId): Promise<void> {
    try {
      await this.producer.enqueueUntyped(type, data, { id: job });
    } catch (error) {
      // Its data fitted when the schedule was saved. Thrown before anything was written: the other ticks go on.
      if (!(error instanceof DomainError)) throw error;
      this.logger.error(
        { err: error, queue, schedule: id },
        'a schedule has data that no longer fits its type',
      );
    }
  }
}

/** The same for the same tick, whoever asks. */
export function tickJobId(schedule: string, tick: Date): JobId {
  const scope = `${schedule}/${tick.getTime()}`;
  return jobIds.parse(createHash('sha256').update(scope).digest('hex').slice(0, 24));
}
