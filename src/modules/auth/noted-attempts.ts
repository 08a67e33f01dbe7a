import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { AuditedAct } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import { FailureBudgetsService, type Attempt } from '../rate-limits/failure-budgets.service.js';

/** Tries of a secret, within their budget; those that are in vain are in the audit. */
@Injectable()
export class NotedAttempts {
  constructor(
    private readonly budgets: FailureBudgetsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * What `check` proves; null, noted as `act`, when that is nothing.
   * @throws DomainError too-many / TOO_MANY_LOGIN_ATTEMPTS, noted as well; and whatever `check` throws.
   */
  async make<Proven>(
    attempt: Attempt,
    act: AuditedAct,
    check: () => Promise<Proven | null>,
  ): Promise<Proven | null> {
    const proven = await this.budgets.attempt(attempt, check).catch((error: unknown) => {
      if (error instanceof DomainError && error.kind === 'too-many') this.audit.note(act, 'refused');
      throw error;
    });
    if (proven === null) this.audit.note(act, 'failed');
    return proven;
  }
}
