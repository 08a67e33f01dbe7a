import type { FieldError } from '../../../common/domain-error.js';
import type { JobId, RoleId, UserId, UserImportId } from '../../../common/ids.js';
import type { AuditActor } from '../../audit/audit-entry.js';

/** Rows that are stored, and later taken in, by one transaction. */
export const rowsPerChunk = 250;
export const mostRows = 10_000;

export const importOutcomes = ['created', 'skipped', 'refused'] as const;
export type ImportOutcome = (typeof importOutcomes)[number];

/** What became of one row. */
export interface ImportedRow {
  /** Its place in the items that were sent; counts from 0. */
  readonly index: number;
  /** As it was understood; null when there was none. */
  readonly email: string | null;
  readonly outcome: ImportOutcome;
  /** Of a row that was created. */
  readonly userId?: UserId;
  /** Of a row that was skipped or refused: 'EMAIL_TAKEN', 'VALIDATION_FAILED'. */
  readonly code?: string;
  /** Of a row that was refused: each reason. */
  readonly errors?: readonly FieldError[];
}

export type ImportCounts = Readonly<Record<ImportOutcome, number>>;

export interface UserImport {
  readonly id: UserImportId;
  readonly importer: UserId;
  /** Who the audit says has made the users. */
  readonly actor: AuditActor;
  readonly jobId: JobId;
  /** What the users hold. */
  readonly roles: readonly RoleId[];
  /** Number of rows, and of the chunks that hold them. */
  readonly total: number;
  readonly chunks: number;
  readonly createdAt: Date;
}

/** What a chunk's rows became. */
export interface ChunkCounts extends ImportCounts {
  /** Its place in the import; counts from 0. */
  readonly number: number;
}

export function sumOf(chunks: readonly ImportCounts[]): ImportCounts {
  const sum = { created: 0, skipped: 0, refused: 0 };
  for (const chunk of chunks) for (const outcome of importOutcomes) sum[outcome] += chunk[outcome];
  return sum;
}
