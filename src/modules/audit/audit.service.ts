import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { requestContext } from '../../common/request-context.js';
import type { AuditActor, AuditedAct, AuditEntry, AuditOutcome } from './audit-entry.js';
import { AuditRepository } from './audit.repository.js';

/** Who did what to whom, for good. */
@Injectable()
export class AuditService {
  constructor(
    private readonly entries: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /** Something that was done. Joins the running unit of work: no change without its entry, no entry without it. */
  async record(act: AuditedAct): Promise<void> {
    await this.entries.insert([this.entryOf(act, 'success')]);
  }

  /** Something that was refused or failed. Never throws and costs its caller no wait. */
  note(act: AuditedAct, outcome: 'refused' | 'failed'): void {
    void this.entries.insert([this.entryOf(act, outcome)]).catch(() => undefined);
  }

  private entryOf({ action, target, changes = {}, actor }: AuditedAct, outcome: AuditOutcome): AuditEntry {
    const context = requestContext.current();
    return {
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
