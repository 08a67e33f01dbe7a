import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { JobId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { DeadLetters, type DeadLetter } from '../../jobs/dead-letters/dead-letters.js';
import { JobLedger } from '../../jobs/job-ledger.js';
import { AuditService } from '../audit/audit.service.js';

export interface DeadLetterFilter {
  readonly queue?: string;
  readonly name?: string;
}

/** Jobs that failed for good, and what an operator does about them. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly letters: DeadLetters,
    private readonly ledger: JobLedger,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async list(filter: DeadLetterFilter, request: ListRequest<'failedAt'>): Promise<List<DeadLetter>> {
    return this.letters.list(filter, request);
  }

  /** @throws DomainError not-found / DEAD_LETTER_NOT_FOUND. */
  async get(id: JobId): Promise<DeadLetter> {
    const letter = await this.letters.find(id);
    if (letter === undefined) throw notFound();
    return letter;
  }

  /** The job is forgotten. @throws DomainError not-found / DEAD_LETTER_NOT_FOUND. */
  async delete(id: JobId): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (!(await this.letters.remove(id))) throw notFound();
      await this.audit.record({ action: 'dead-letter.deleted', target: { type: 'job', id } });
    });
  }

  /** Of many at once one succeeds. @throws DomainError not-found / DEAD_LETTER_NOT_FOUND. */
  async retry(id: JobId): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (!(await this.letters.retry(id))) throw notFound();
      await this.audit.record({ action: 'job.retried', target: { type: 'job', id } });
    });
  }

  /** Those of them that are dead. @returns their number. */
  async retryMany(ids: readonly JobId[]): Promise<number> {
    return this.unitOfWork.run(async () => {
      let requeued = 0;
      for (const id of new Set(ids)) {
        if (!(await this.letters.retry(id))) continue;
        requeued += 1;
        await this.audit.record({ action: 'job.retried', target: { type: 'job', id } });
      }
      return requeued;
    });
  }

  /**
   * All that are dead in the queue now, part by part: what fails again meanwhile is not taken a second time.
   * @returns their number. @throws DomainError not-found / QUEUE_NOT_FOUND.
   */
  async retryQueue(queue: string): Promise<number> {
    this.ledger.demandQueue(queue);
    const until = new Date();
    let requeued = 0;
    for (;;) {
      const ids = await this.letters.some(queue, until);
      if (ids.length === 0) return requeued;
      requeued += await this.retryPart(queue, ids);
    }
  }

  private async retryPart(queue: string, ids: readonly JobId[]): Promise<number> {
    return this.unitOfWork.run(async () => {
      const count = await this.letters.retryAll(ids);
      if (count > 0) {
        await this.audit.record({
          action: 'dead-letters.retried',
          target: { type: 'queue', id: queue },
          changes: { jobs: { to: count } },
        });
      }
      return count;
    });
  }
}

function notFound(): DomainError {
  return new DomainError('not-found', 'DEAD_LETTER_NOT_FOUND', 'Dead letter job not found');
}
