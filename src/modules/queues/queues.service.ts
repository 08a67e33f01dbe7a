import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { JobId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { JobLedger, type JobView } from '../../jobs/job-ledger.js';

/** Jobs as the REST routes know them. */
@Injectable()
export class QueuesService {
  constructor(private readonly ledger: JobLedger) {}

  /**
   * A job of the queue, for whoever may read all of them or has asked for this one.
   * @throws DomainError not-found / QUEUE_NOT_FOUND; not-found / JOB_NOT_FOUND, also for the jobs of others.
   */
  async findJob(principal: Principal, queue: string, id: JobId): Promise<JobView> {
    if (!this.ledger.hasQueue(queue))
      throw new DomainError('not-found', 'QUEUE_NOT_FOUND', 'Queue not found');
    const job = await this.ledger.find(queue, id);
    if (job === undefined || !mayRead(principal, job)) {
      throw new DomainError('not-found', 'JOB_NOT_FOUND', 'Job not found');
    }
    return job;
  }
}

function mayRead(principal: Principal, { author }: JobView): boolean {
  if (principal.permissions.has('queues:read')) return true;
  return author.kind !== 'system' && author.userId === principal.userId;
}
