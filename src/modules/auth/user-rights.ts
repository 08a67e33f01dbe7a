import { Injectable } from '@nestjs/common';
import type { UserId } from '../../common/ids.js';
import type { PermissionName } from '../../common/principal.js';
import { RolesService } from '../roles/roles.service.js';
import { AccountCache } from './account-cache.js';

export type Rights = ReadonlySet<PermissionName>;

/** What a user may do now, whoever acts for them: a session or a key. */
@Injectable()
export class UserRights {
  constructor(
    private readonly accounts: AccountCache,
    private readonly roles: RolesService,
  ) {}

  /** From memory alone: null when the user may do nothing at all, undefined when the database has to be asked. */
  known(id: UserId): Rights | null | undefined {
    const account = this.accounts.known(id);
    if (account === undefined) return undefined;
    return account.status === 'active' ? this.roles.knownPermissionsOf(account.roleIds) : null;
  }

  /** Null when the user is gone, suspended or not active yet. @throws the driver's error when the database is away. */
  async of(id: UserId): Promise<Rights | null> {
    const account = await this.accounts.find(id);
    return account?.status === 'active' ? this.roles.permissionsOf(account.roleIds) : null;
  }
}
