import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { JobId } from '../../common/ids.js';
import { jobStates, type JobState } from '../../common/job-status.js';
import type { List, ListRequest } from '../../common/pagination.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { JobLedger, type JobView } from '../../jobs/job-ledger.js';
import { QueueSwitches } from '../../jobs/switches/queue-switches.js';
import { AuditService } from '../audit/audit.service.js';

const countedAtMost = 10_000;

export interface QueueOverview {
  readonly name: string;
  readonly isPaused: boolean;
  /** Each at most 10,000. */
  readonly jobs: Readonly<Record<string, number>>;
}

/** Queues and jobs as the REST routes know them. */
@Injectable()
export class QueuesService {
  constructor(
    private readonly ledger: JobLedger,
    private readonly switches: QueueSwitches,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async overview(): Promise<QueueOverview[]> {
    const paused = await this.switches.paused();
    return Promise.all(
      this.ledger.queues.map(async (name) => ({
        name,
        isPaused: paused.has(name),
        jobs: Object.fromEntries(await this.ledger.count(name, jobStates, countedAtMost)),
      })),
    );
  }

  /** Workers finish what they run and take no more, whatever becomes of Redis. @throws QUEUE_NOT_FOUND. */
  async pause(queue: string): Promise<void> {
    this.ledger.demandQueue(queue);
    await this.unitOfWork.run(async () => {
      await this.switches.pause(queue);
      await this.audit.record({ action: 'queue.paused', target: { type: 'queue', id: queue } });
    });
  }

  /** @throws DomainError not-found / QUEUE_NOT_FOUND. */
  async resume(queue: string): Promise<void> {
    this.ledger.demandQueue(queue);
    await this.unitOfWork.run(async () => {
      await this.switches.resume(queue);
      await this.audit.record({ action: 'queue.resumed', target: { type: 'queue', id: queue } });
    });
  }

  /**
   * A job of the queue, for whoever may read all of them or has asked for this one.
   * @throws DomainError not-found / QUEUE_NOT_FOUND; not-found / JOB_NOT_FOUND, also for the jobs of others.
   */
  async findJob(principal: Principal, queue: string, id: JobId): Promise<JobView> {
    this.ledger.demandQueue(queue);
    const job = await this.ledger.find(queue, id);
    if (job === undefined || !mayRead(principal, job)) {
      throw new DomainError('not-found', 'JOB_NOT_FOUND', 'Job not found');
    }
    return job;
  }

  /** All jobs of the queue, or those of the principal who may not read all. @throws QUEUE_NOT_FOUND. */
  async listJobs(
    principal: Principal,
    queue: string,
    state: JobState | undefined,
    request: ListRequest<'createdAt'>,
  ): Promise<List<JobView>> {
    this.ledger.demandQueue(queue);
    const filter = {
      queue,
      ...(state !== undefined && { state }),
      ...(!principal.permissions.has('queues:read') && { author: principal.userId }),
    };
    return this.ledger.list(filter, request);
  }

  /** @throws DomainError not-found / QUEUE_NOT_FOUND, JOB_NOT_FOUND; conflict / JOB_OVER. */
  async cancelJob(queue: string, id: JobId): Promise<void> {
    this.ledger.demandQueue(queue);
    await this.unitOfWork.run(async () => {
      await this.ledger.cancel(queue, id);
      await this.audit.record({ action: 'job.cancelled', target: { type: 'job', id } });
    });
  }

  /** @throws DomainError not-found / QUEUE_NOT_FOUND, JOB_NOT_FOUND; conflict / JOB_NOT_FAILED. */
  async retryJob(queue: string, id: JobId): Promise<void> {
    this.ledger.demandQueue(queue);
    await this.unitOfWork.run(async () => {
      await this.ledger.retry(queue, id);
      await this.audit.record({ action: 'job.retried', target: { type: 'job', id } });
    });
  }
}

function mayRead(principal: Principal, { author }: JobView): boolean {
  if (principal.permissions.has('queues:read')) return true;
  return author.kind !== 'system' && author.userId === principal.userId;
}
