import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { ApiKeyId } from '../../common/ids.js';
import { ApiKeyUsageRepository } from './api-key-usage.repository.js';
import { dayOf } from './calendar.js';
import type { DayOfUse } from './day-of-use.js';
import { KeyActivity } from './key-activity.js';

const day = 24 * 60 * 60 * 1_000;

/** How much keys are used. */
@Injectable()
export class ApiKeyUsageService {
  constructor(
    private readonly usage: ApiKeyUsageRepository,
    private readonly activity: KeyActivity,
    private readonly clock: Clock,
  ) {}

  /** The last `days` days, today included; days without requests are left out. */
  async daysOf(id: ApiKeyId, days: number): Promise<DayOfUse[]> {
    // What this process counted is told at once; what others count, a few seconds later.
    await this.activity.write();
    return this.usage.days(id, dayOf(new Date(this.clock.now().getTime() - (days - 1) * day)));
  }
}
