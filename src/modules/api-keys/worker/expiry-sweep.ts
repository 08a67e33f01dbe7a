import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BackgroundService } from '../../../common/background-service.js';
import { Clock } from '../../../common/clock.js';
import { DatabaseConnection } from '../../../infrastructure/mongo/database-connection.js';
import { UnitOfWork } from '../../../infrastructure/mongo/unit-of-work.js';
import { apiKeyExpiryMail } from '../../../jobs/catalogue/api-key-expiry-mail.js';
import { JobProducer } from '../../../jobs/job-producer.js';
import { LeasesRepository } from '../../../jobs/reconciler/leases.repository.js';
import type { ApiKey } from '../api-key.js';
import { ApiKeysRepository } from '../api-keys.repository.js';

const lease = 'api-key-expiry';
const leaseTime = 60_000;
/** Milliseconds between two sweeps of all processes together. */
const interval = 60 * 60_000;
/** How often a process asks whether it is time again. */
const askInterval = 60_000;
const warnedBefore = 14 * 24 * 60 * 60_000;
const batch = 100;

/** Finds the keys that end within 14 days, and asks for one mail about each. */
@Injectable()
export class ExpirySweep extends BackgroundService {
  private readonly holder = randomUUID();

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly producer: JobProducer,
    private readonly leases: LeasesRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly database: DatabaseConnection,
    private readonly clock: Clock,
  ) {
    super({ pause: askInterval, failing: 'owners of API keys that end soon are told later' });
  }

  /** May run at any time, in several processes at once. @returns how many mails were asked for. */
  async sweep(): Promise<number> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + warnedBefore);
    let warned = 0;
    for (let found = batch; found === batch && !this.loop.isStopping;) {
      const keys = await this.keys.findToWarn(now, until, batch);
      found = keys.length;
      for (const key of keys) if (await this.warn(key)) warned += 1;
    }
    return warned;
  }

  private async warn({ id, userId }: ApiKey): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      if (!(await this.keys.setWarned(id, this.clock.now()))) return false;
      await this.producer.enqueue(apiKeyExpiryMail, {
        template: 'api-key-expiry',
        userId,
        keyId: id,
        requestId: randomUUID(),
      });
      return true;
    });
  }

  protected override async round(): Promise<void> {
    if (!this.database.isPrepared) return;
    if (!(await this.leases.take(lease, this.holder, leaseTime, { early: false }))) return;
    await this.sweep();
    await this.leases.release(lease, this.holder, interval);
  }
}
