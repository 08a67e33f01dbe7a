import { Injectable } from '@nestjs/common';
import type { JobId } from '../../common/ids.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { EffectMarksRepository } from './effect-marks.repository.js';

/**
 * Effects that happen once, though a job may run again: after a crash, on another worker at the same time, in a later
 * generation. The part distinguishes several effects of one job and must not depend on the attempt.
 */
@Injectable()
export class Once {
  constructor(
    private readonly marks: EffectMarksRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Runs `effect` in one transaction with its mark, unless the mark is there: exactly once for what it changes in the
   * database. It may run again after a conflict, so that anything outside the database belongs into `outside`.
   */
  async inDatabase(job: JobId, part: string | undefined, effect: () => Promise<void>): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (await this.marks.add(scopeOf(job, part), job)) await effect();
    });
  }

  /**
   * Runs `effect` and then writes its mark, unless the mark is there: at least once, because a crash between the two
   * repeats the effect. It gets the scope, to name by it what the outside world can recognise as the same.
   */
  async outside(
    job: JobId,
    part: string | undefined,
    effect: (scope: string) => Promise<void>,
  ): Promise<void> {
    const scope = scopeOf(job, part);
    if (await this.marks.has(scope)) return;
    await effect(scope);
    await this.marks.add(scope, job);
  }
}

function scopeOf(job: JobId, part: string | undefined): string {
  return part === undefined ? job : `${job}/${part}`;
}
