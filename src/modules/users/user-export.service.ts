import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { RolesService } from '../roles/roles.service.js';
import { withRoleNames } from './named-roles.js';
import { safeUser } from './safe-user.js';
import type { SafeUser } from './user.types.js';
import { UserExportRepository } from './user-export.repository.js';

export const exportFormats = ['json', 'ndjson', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** All users, read as fast as somebody takes them and no faster. */
@Injectable()
export class UserExportService {
  constructor(
    private readonly users: UserExportRepository,
    private readonly roles: RolesService,
    private readonly audit: AuditService,
  ) {}

  /** Batches of users with the names of their roles. The audit knows of it before the first one is read. */
  async begin(format: ExportFormat): Promise<AsyncIterable<SafeUser[]>> {
    await this.audit.record({
      action: 'user.exported',
      target: { type: 'collection', id: 'users' },
      changes: { format: { to: format } },
    });
    return this.read(await this.roles.nameTeller());
  }

  private async *read(nameOf: Awaited<ReturnType<RolesService['nameTeller']>>): AsyncGenerator<SafeUser[]> {
    for await (const batch of this.users.batches()) {
      yield batch.map((user) => withRoleNames(safeUser(user), nameOf));
    }
  }
}
