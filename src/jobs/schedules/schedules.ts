import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import type { AnyJobType } from '../catalogue/job-type.js';
import { checkPayload } from '../payload-check.js';
import type { Schedule, ScheduleDefinition, Timing } from './schedule.js';
import { SchedulesRepository } from './schedules.repository.js';
import { tickAfter, ticksAfter } from './timing.js';

/** In one queue; each tick of each of them is a job. */
const most = 100;
const shownRuns = 5;

/** A schedule with its next runs. */
export interface ScheduleView extends Schedule {
  readonly nextRuns: readonly Date[];
}

/** Jobs that are made again and again. The documents are the truth: ticks.ts makes jobs of them, without Redis. */
@Injectable()
export class Schedules {
  constructor(
    private readonly schedules: SchedulesRepository,
    private readonly clock: Clock,
  ) {}

  async list(queue: string): Promise<ScheduleView[]> {
    return (await this.schedules.list(queue, most)).map(viewOf);
  }

  /**
   * Makes or changes it. What changes nothing about the timing leaves the next tick where it is.
   * Joins the running unit of work.
   * @throws DomainError invalid / INVALID_SCHEDULE for a timing that never ticks; conflict / TOO_MANY_SCHEDULES; what
   * checkPayload throws for its data.
   */
  async put(type: AnyJobType, id: string, definition: ScheduleDefinition): Promise<ScheduleView> {
    const { queue } = type;
    const first = this.firstTick(definition);
    await checkPayload(type, definition.data);
    const known = await this.schedules.find(queue, id);
    if (known === undefined && (await this.schedules.count(queue)) >= most) {
      throw new DomainError('conflict', 'TOO_MANY_SCHEDULES', `A queue has at most ${most} schedules`);
    }
    const keepsItsTick = known?.nextAt !== null && known !== undefined && isSameTiming(known, definition);
    const next = keepsItsTick ? known.nextAt : first;
    const schedule = {
      ...definition,
      queue,
      id,
      nextAt: definition.paused ? null : next,
      lastAt: known?.lastAt ?? null,
    };
    await this.schedules.save(schedule);
    return viewOf(schedule);
  }

  /** What every installation has, until somebody changes or deletes it. */
  async seed(type: AnyJobType, id: string, definition: ScheduleDefinition): Promise<void> {
    const nextAt = this.firstTick(definition);
    await this.schedules.seed({ ...definition, queue: type.queue, id, nextAt, lastAt: null });
  }

  /** Joins the running unit of work. False when there is none. */
  async remove(queue: string, id: string): Promise<boolean> {
    return this.schedules.remove(queue, id);
  }

  private firstTick(timing: Timing): Date {
    if (!isTimezone(timing.timezone)) {
      const message = 'timezone must be one of the IANA time zone database, e.g. Europe/Berlin';
      throw new DomainError('invalid', 'INVALID_SCHEDULE', message, {
        errors: [{ path: 'timezone', message }],
      });
    }
    try {
      return tickAfter(timing, this.clock.now());
    } catch (cause) {
      const path = timing.every === null ? 'pattern' : 'every';
      const message = `${path} must name times that come`;
      throw new DomainError('invalid', 'INVALID_SCHEDULE', message, { errors: [{ path, message }], cause });
    }
  }
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isSameTiming(one: Timing, other: Timing): boolean {
  return one.pattern === other.pattern && one.every === other.every && one.timezone === other.timezone;
}

function viewOf(schedule: Schedule): ScheduleView {
  const { nextAt } = schedule;
  const nextRuns = nextAt === null ? [] : [nextAt, ...ticksAfter(schedule, nextAt, shownRuns - 1)];
  return { ...schedule, nextRuns };
}
