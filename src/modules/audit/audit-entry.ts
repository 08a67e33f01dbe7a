import type { AuditEntryId } from '../../common/ids.js';
import type { AuditAction } from './audit-action.js';

export const auditActorTypes = ['user', 'apiKey', 'system', 'anonymous'] as const;

/** `id` of 'anonymous' is the address it came from; of 'system', the process's part that acted. */
export interface AuditActor {
  readonly type: (typeof auditActorTypes)[number];
  readonly id: string;
}

export const auditTargetTypes = [
  'user',
  'role',
  'session',
  'apiKey',
  'account',
  'route',
  'import',
  'collection',
  'queue',
  'job',
  'schedule',
] as const;

export interface AuditTarget {
  readonly type: (typeof auditTargetTypes)[number];
  /**
   * An id; of 'account' the e-mail address that was given, of 'route' its method and pattern, of 'queue' and
   * 'collection' its name.
   */
  readonly id: string;
}

export const auditOutcomes = ['success', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/**
 * What changed, by field: never a secret, a token or a hash. Of a refusal or failure: what it was about, in `to`
 * alone.
 */
export type AuditChanges = Readonly<Record<string, { readonly from?: unknown; readonly to?: unknown }>>;

/** An act, as whoever did it tells it. */
export interface AuditedAct {
  readonly action: AuditAction;
  readonly target: AuditTarget;
  readonly changes?: AuditChanges;
  /** Absent: the principal of the running request, or its address. */
  readonly actor?: AuditActor;
}

export interface AuditEntry extends Required<AuditedAct> {
  readonly id: AuditEntryId;
  readonly outcome: AuditOutcome;
  readonly at: Date;
  readonly ip: string | null;
  readonly requestId: string | null;
  /** Acts that the entry stands for: more than 1 only of refusals and failures. */
  readonly count: number;
}

/** Which entries: `actor` and `target` by their ids, `from` and `to` both included. */
export interface AuditFilter {
  readonly actor?: string;
  readonly action?: AuditAction;
  readonly target?: string;
  readonly from?: Date;
  readonly to?: Date;
}

export const auditSortFields = ['at'] as const;
export type AuditSortField = (typeof auditSortFields)[number];
