import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { BackgroundService } from '../../common/background-service.js';
import { jobsConfig } from '../../config/jobs.config.js';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { QueueRedis } from '../../infrastructure/redis/queue-redis.js';
import { QueueSwitches } from '../switches/queue-switches.js';
import { LeasesRepository } from './leases.repository.js';
import { Reconciliation } from './reconciliation.js';

const lease = 'jobs-reconciler';
const leaseTime = 15_000;
/** Milliseconds between two passes of all processes together. */
const passInterval = 30_000;
const markerInterval = 1_000;
/** How often a process asks whether a pass is due. */
const dueInterval = 5_000;
/** What the marker says when Redis has lost nothing since a whole pass. */
const whole = 'whole';

/**
 * Repairs what the loss of Redis, or of a process between two writes, left apart: at the start, every 30 s, and at
 * once when Redis has lost its marker and with it, probably, its jobs. One process does it for all.
 */
@Injectable()
export class Reconciler extends BackgroundService {
  private readonly holder = randomUUID();
  private readonly marker: string;
  private isFirst = true;
  private askedAt = -Infinity;

  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly switches: QueueSwitches,
    private readonly leases: LeasesRepository,
    private readonly redis: QueueRedis,
    private readonly database: DatabaseConnection,
    @Inject(jobsConfig.KEY) config: ConfigType<typeof jobsConfig>,
  ) {
    super({ pause: markerInterval, failing: 'the ledger cannot be compared with Redis now' });
    this.marker = `${config.queuePrefix}:ledger`;
  }

  protected override async round(): Promise<void> {
    if (!this.database.isPrepared || this.redis.producer.status !== 'ready') return;
    const hasLost = (await this.redis.producer.get(this.marker)) !== whole;
    const isEarly = hasLost || this.isFirst;
    if (!isEarly && performance.now() - this.askedAt < dueInterval) return;
    this.askedAt = performance.now();
    if (!(await this.leases.take(lease, this.holder, leaseTime, { early: isEarly }))) return;
    try {
      await this.pass(hasLost);
      this.isFirst = false;
    } finally {
      await this.leases.release(lease, this.holder, passInterval);
    }
  }

  private async pass(hasLost: boolean): Promise<void> {
    // A mark of this pass: when Redis loses it meanwhile, the next round sees that and begins again.
    const mark = randomUUID();
    if (hasLost) await this.redis.producer.set(this.marker, mark);
    // Before any job is published again: it must not run in a queue that is paused.
    await this.switches.apply();
    const repairs = await this.reconciliation.pass(hasLost, () => this.mayGoOn());
    if (Object.values(repairs).some((count) => count > 0))
      this.logger.log(repairs, 'the ledger was repaired');
    if (!hasLost || this.loop.isStopping) return;
    if ((await this.redis.producer.get(this.marker)) === mark)
      await this.redis.producer.set(this.marker, whole);
  }

  private async mayGoOn(): Promise<boolean> {
    return !this.loop.isStopping && this.leases.take(lease, this.holder, leaseTime, { early: true });
  }
}
