import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { DomainError } from '../../../common/domain-error.js';
import { userImportIds, type JobId, type UserImportId } from '../../../common/ids.js';
import type { JobState } from '../../../common/job-status.js';
import type { Page } from '../../../common/pagination.js';
import type { Principal } from '../../../common/principal.js';
import { newId } from '../../../infrastructure/mongo/new-id.js';
import { UnitOfWork } from '../../../infrastructure/mongo/unit-of-work.js';
import { importUsers } from '../../../jobs/catalogue/import-users.js';
import { JobLedger } from '../../../jobs/job-ledger.js';
import { JobProducer } from '../../../jobs/job-producer.js';
import { AuditService } from '../../audit/audit.service.js';
import { RolesService } from '../../roles/roles.service.js';
import {
  rowsPerChunk,
  sumOf,
  type ChunkCounts,
  type ImportCounts,
  type ImportedRow,
  type ImportOutcome,
} from './user-import.js';
import { UserImportsRepository } from './user-imports.repository.js';

export interface AcceptedImport {
  readonly importId: UserImportId;
  readonly jobId: JobId;
}

export interface RowsRequest {
  readonly page: number;
  readonly limit: number;
  /** Only the rows that ended so. */
  readonly outcome?: ImportOutcome;
}

export interface ImportProgress extends AcceptedImport {
  readonly state: JobState;
  readonly total: number;
  readonly counts: ImportCounts;
  readonly createdAt: Date;
  readonly rows: Page<ImportedRow>;
}

/** Many users at once: accepted here, made by the worker. */
@Injectable()
export class UserImportsService {
  constructor(
    private readonly imports: UserImportsRepository,
    private readonly roles: RolesService,
    private readonly producer: JobProducer,
    private readonly ledger: JobLedger,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Stores the rows, unread, with the job that takes them in. @throws DomainError forbidden / PERMISSION_NOT_HELD. */
  async accept(principal: Principal, rows: readonly unknown[]): Promise<AcceptedImport> {
    const roles = [await this.roles.defaultRoleId()];
    await this.roles.assertMayGrant(principal, roles);
    const importId = newId(userImportIds);
    return this.unitOfWork.run(async () => {
      const jobId = await this.producer.enqueue(importUsers, { importId });
      const actor =
        principal.kind === 'user'
          ? ({ type: 'user', id: principal.userId } as const)
          : ({ type: 'apiKey', id: principal.keyId } as const);
      await this.imports.insert(
        {
          id: importId,
          importer: principal.userId,
          actor,
          jobId,
          roles,
          total: rows.length,
          chunks: Math.ceil(rows.length / rowsPerChunk),
          createdAt: this.clock.now(),
        },
        rows,
      );
      await this.audit.record({
        action: 'user.imported',
        target: { type: 'import', id: importId },
        changes: { rows: { to: rows.length } },
      });
      return { importId, jobId };
    });
  }

  /** How far an import is, for whoever asked for it. @throws DomainError not-found / IMPORT_NOT_FOUND. */
  async progress(principal: Principal, id: UserImportId, request: RowsRequest): Promise<ImportProgress> {
    const found = await this.imports.find(id);
    if (found?.importer !== principal.userId) {
      throw new DomainError('not-found', 'IMPORT_NOT_FOUND', 'Import not found');
    }
    const { jobId, total, createdAt, chunks } = found;
    const finished = await this.imports.finished(id);
    const state = finished.length === chunks ? 'completed' : await this.stateOf(jobId);
    const rows = await this.rows(id, finished, request);
    return { importId: id, jobId, state, total, createdAt, counts: sumOf(finished), rows };
  }

  private async stateOf(job: JobId): Promise<JobState> {
    return (await this.ledger.find(importUsers.queue, job))?.status.status ?? 'pending';
  }

  /** Reads only the chunks that the page lies in. */
  private async rows(
    id: UserImportId,
    chunks: readonly ChunkCounts[],
    { page, limit, outcome }: RowsRequest,
  ): Promise<Page<ImportedRow>> {
    const sizeOf = (chunk: ChunkCounts): number =>
      outcome === undefined ? chunk.created + chunk.skipped + chunk.refused : chunk[outcome];
    const start = (page - 1) * limit;
    const wanted: number[] = [];
    let totalItems = 0;
    let before = 0;
    for (const chunk of chunks) {
      const size = sizeOf(chunk);
      if (totalItems + size <= start) before = totalItems + size;
      else if (size > 0 && totalItems < start + limit) wanted.push(chunk.number);
      totalItems += size;
    }
    const results = wanted.length === 0 ? [] : await this.imports.results(id, wanted);
    const items = results
      .filter((row) => outcome === undefined || row.outcome === outcome)
      .slice(start - before, start - before + limit);
    return { kind: 'page', items, page, limit, totalItems };
  }
}
