import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { UserId } from '../../common/ids.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { ApiKeysRepository } from './api-keys.repository.js';

/** Keys as those see them whose users hold them. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly signals: Signals,
    private readonly clock: Clock,
  ) {}

  /** Ends every key of the user for good, on every process. Joins the running unit of work. */
  async endAllOf(userId: UserId): Promise<void> {
    await this.keys.lockHolder(userId);
    const ended = await this.keys.endAllOf(userId, this.clock.now());
    await this.signals.emit(...ended.map((id) => ({ kind: 'api-key', id }) as const));
  }
}
