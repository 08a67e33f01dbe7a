import { Injectable } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { userImportIds, type JobId } from '../../../common/ids.js';
import { importUsers, type ImportUsersPayload } from '../../../jobs/catalogue/import-users.js';
import { Once } from '../../../jobs/once/once.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../../jobs/worker/job-handler.js';
import { AuditService } from '../../audit/audit.service.js';
import { InvitationsService } from '../../notifications/invitations.service.js';
import {
  rowsPerChunk,
  sumOf,
  type ImportCounts,
  type ImportedRow,
  type UserImport,
} from '../imports/user-import.js';
import { UserImportsRepository } from '../imports/user-imports.repository.js';
import { beginningOf } from '../user-changes.js';
import type { NewUser } from '../user.types.js';
import { DuplicateEmailError } from '../users.repository.js';
import { ImportedUsersRepository } from './imported-users.repository.js';
import { sortOut, type Candidate } from './sort-out.js';

/** How often a chunk begins again because somebody else took one of its addresses meanwhile. */
const attempts = 5;

/** Makes the users of an import, chunk by chunk: a chunk is one transaction, and happens once. */
@Injectable()
@JobHandler(importUsers.name)
export class ImportUsersHandler implements JobHandlerHost<ImportUsersPayload> {
  constructor(
    private readonly imports: UserImportsRepository,
    private readonly users: ImportedUsersRepository,
    private readonly invitations: InvitationsService,
    private readonly audit: AuditService,
    private readonly once: Once,
  ) {}

  async handle({ id, data, signal }: RunningJob<ImportUsersPayload>): Promise<ImportCounts> {
    const found = await this.imports.find(userImportIds.parse(data.importId));
    if (found === undefined) throw new UnrecoverableError('the import is gone');
    for (let number = 0; number < found.chunks; number++) {
      signal.throwIfAborted();
      await this.takeIn(id, found, number);
    }
    return sumOf(await this.imports.finished(found.id));
  }

  private async takeIn(job: JobId, from: UserImport, number: number): Promise<void> {
    const rows = await this.imports.waitingRows(from.id, number);
    if (rows === undefined) return;
    const { candidates, refused } = await sortOut(from.roles, rows, number * rowsPerChunk);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once.inDatabase(job, String(number), async () => {
          const { created, skipped } = await this.create(from, candidates);
          const results = [...refused, ...created, ...skipped];
          await this.imports.finish(
            from.id,
            number,
            results.toSorted((one, other) => one.index - other.index),
          );
        });
      } catch (error) {
        if (!(error instanceof DuplicateEmailError) || attempt === attempts) throw error;
      }
    }
  }

  /** Inside the chunk's transaction. */
  private async create(
    { actor }: UserImport,
    candidates: readonly Candidate[],
  ): Promise<Record<'created' | 'skipped', ImportedRow[]>> {
    const taken = await this.users.taken(candidates.map(({ email }) => email));
    const created: ImportedRow[] = [];
    const skipped: ImportedRow[] = [];
    const users: NewUser[] = [];
    for (const { index, ...user } of candidates) {
      const { email } = user;
      if (taken.has(email)) {
        skipped.push({ index, email, outcome: 'skipped', code: 'EMAIL_TAKEN' });
        continue;
      }
      taken.add(email);
      users.push(user);
      created.push({ index, email, outcome: 'created', userId: user.id });
    }
    if (users.length > 0) {
      await this.users.insert(users);
      await this.invitations.inviteAll(users.map(({ id }) => id));
      await this.audit.recordAll(
        users.map((user) => ({
          action: 'user.created',
          target: { type: 'user', id: user.id },
          actor,
          changes: beginningOf(user),
        })),
      );
    }
    return { created, skipped };
  }
}
