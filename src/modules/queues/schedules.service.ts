import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { JobCatalogue } from '../../jobs/catalogue/catalogue.js';
import type { ScheduleDefinition } from '../../jobs/schedules/schedule.js';
import { Schedules, type ScheduleView } from '../../jobs/schedules/schedules.js';
import { AuditService } from '../audit/audit.service.js';
import { EnqueuingService } from './enqueuing.service.js';

/** Schedules as the REST routes know them: what they show passes the catalogue's redaction. */
@Injectable()
export class SchedulesService {
  constructor(
    private readonly schedules: Schedules,
    private readonly catalogue: JobCatalogue,
    private readonly enqueuing: EnqueuingService,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError not-found / QUEUE_NOT_FOUND. */
  async list(queue: string): Promise<ScheduleView[]> {
    this.catalogue.demandQueue(queue);
    return (await this.schedules.list(queue)).map((schedule) => this.shown(schedule));
  }

  /**
   * Makes or changes it, for whoever may ask for such a job.
   * @throws DomainError as EnqueuingService.typeFor and Schedules.put.
   */
  async put(
    principal: Principal,
    queue: string,
    id: string,
    definition: ScheduleDefinition,
  ): Promise<ScheduleView> {
    const type = this.enqueuing.typeFor(principal, queue, definition.name);
    const { pattern, every, timezone, name, missed, paused } = definition;
    return this.unitOfWork.run(async () => {
      const schedule = await this.schedules.put(type, id, definition);
      await this.audit.record({
        action: 'schedule.saved',
        target: { type: 'schedule', id: `${queue}/${id}` },
        changes: {
          timing: { to: pattern ?? every },
          timezone: { to: timezone },
          name: { to: name },
          missed: { to: missed },
          paused: { to: paused },
        },
      });
      return this.shown(schedule);
    });
  }

  /** @throws DomainError not-found / QUEUE_NOT_FOUND, SCHEDULE_NOT_FOUND. */
  async delete(queue: string, id: string): Promise<void> {
    this.catalogue.demandQueue(queue);
    await this.unitOfWork.run(async () => {
      if (!(await this.schedules.remove(queue, id))) {
        throw new DomainError('not-found', 'SCHEDULE_NOT_FOUND', 'Schedule not found');
      }
      await this.audit.record({
        action: 'schedule.deleted',
        target: { type: 'schedule', id: `${queue}/${id}` },
      });
    });
  }

  private shown(schedule: ScheduleView): ScheduleView {
    return { ...schedule, data: this.catalogue.shown(schedule.name, schedule.data) };
  }
}
