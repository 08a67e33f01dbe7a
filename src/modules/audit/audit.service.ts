import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { auditEntryIds } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import { requestContext } from '../../common/request-context.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { AuditBuffer } from './audit-buffer.js';
import type {
  AuditActor,
  AuditedAct,
  AuditEntry,
  AuditFilter,
  AuditOutcome,
  AuditSortField,
} from './audit-entry.js';
import { AuditRepository } from './audit.repository.js';

/** Who did what to whom, for good. */
@Injectable()
export class AuditService {
  constructor(
    private readonly entries: AuditRepository,
    private readonly buffer: AuditBuffer,
    private readonly clock: Clock,
  ) {}

  /**
   * Something that was done. Joins the running unit of work: no change without its entry, no entry without it. The
   * outcome is 'refused' where it is the refusal that changes something.
   */
  async record(act: AuditedAct, outcome: AuditOutcome = 'success'): Promise<void> {
    await this.entries.insert(this.entryOf(act, outcome));
  }

  /** As record, for many acts by one write. */
  async recordAll(acts: readonly AuditedAct[]): Promise<void> {
    if (acts.length > 0) await this.entries.insertAll(acts.map((act) => this.entryOf(act, 'success')));
  }

  /**
   * Something that was refused or failed. Never throws and costs its caller no wait: it is written seconds later, and
   * of one actor, address and action as at most one entry a minute, with their count.
   */
  note(act: AuditedAct, outcome: 'refused' | 'failed'): void {
    this.buffer.add(this.entryOf(act, outcome));
  }

  async list(filter: AuditFilter, request: ListRequest<AuditSortField>): Promise<List<AuditEntry>> {
    return this.entries.list(filter, request);
  }

  private entryOf({ action, target, changes = {}, actor }: AuditedAct, outcome: AuditOutcome): AuditEntry {
    const context = requestContext.current();
    return {
      id: newId(auditEntryIds),
      at: this.clock.now(),
      actor: actor ?? currentActor(),
      action,
      target,
      outcome,
      changes,
      ip: context?.ip ?? null,
      requestId: context?.requestId ?? null,
      count: 1,
    };
  }
}

function currentActor(): AuditActor {
  const context = requestContext.current();
  if (context === undefined) return { type: 'system', id: 'service' };
  const { principal } = context;
  if (principal === undefined) return { type: 'anonymous', id: context.ip };
  return principal.kind === 'user'
    ? { type: 'user', id: principal.userId }
    : { type: 'apiKey', id: principal.keyId };
}
