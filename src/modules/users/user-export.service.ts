import { Injectable } from '@nestjs/common';
import type { RoleId } from '../../common/ids.js';
import { AuditService } from '../audit/audit.service.js';
import { RolesService } from '../roles/roles.service.js';
import { withRoleNames } from './named-roles.js';
import { safeUser } from './safe-user.js';
import type { SafeUser, User } from './user.types.js';
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
  async begin(format: ExportFormat): Promise<AsyncIterable<Iterable<SafeUser>>> {
    await this.audit.record({
      action: 'user.exported',
      target: { type: 'collection', id: 'users' },
      changes: { format: { to: format } },
    });
    return this.read(await this.roles.nameTeller());
  }

  private async *read(
    nameOf: Awaited<ReturnType<RolesService['nameTeller']>>,
  ): AsyncGenerator<Iterable<SafeUser>> {
    for await (const batch of this.users.batches()) {
      yield shown(batch, nameOf);
    }
  }
}

function* shown(batch: Iterable<User>, nameOf: (id: RoleId) => string | undefined): Generator<SafeUser> {
  for (const user of batch) yield withRoleNames(safeUser(user), nameOf);
}
