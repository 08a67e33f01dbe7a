import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { UserId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { RolesService } from '../roles/roles.service.js';
import { userNotFound } from './user-failures.js';
import type { User } from './user.types.js';
import { UsersRepository } from './users.repository.js';

/** Who may do something to whom. */
@Injectable()
export class ActingRules {
  constructor(
    private readonly users: UsersRepository,
    private readonly roles: RolesService,
  ) {}

  /** The user whom somebody is about to act on. @throws DomainError not-found / USER_NOT_FOUND; as assertMayActOn. */
  async userToActOn(
    principal: Principal,
    id: UserId,
    { withDeleted = false }: { withDeleted?: boolean } = {},
  ): Promise<User> {
    const user = await this.users.findById(id, { withPermissions: false, withDeleted });
    if (user === null) throw userNotFound();
    await this.assertMayActOn(principal, user);
    return user;
  }

  /**
   * Acting on a user needs every permission that they hold: nobody topples somebody stronger. An API key is weaker than
   * its owner, unless it holds all that they do.
   * @throws DomainError forbidden / PERMISSION_NOT_HELD.
   */
  async assertMayActOn(principal: Principal, { id, roles }: User): Promise<void> {
    if (principal.kind === 'user' && principal.userId === id) return;
    await this.roles.assertMayGrant(
      principal,
      roles.map((role) => role.id),
    );
  }

  /**
   * Inside the unit of work that ends the user's time as an administrator.
   * @throws DomainError conflict / LAST_ADMINISTRATOR when no other active administrator would be left.
   */
  async assertNotLastAdministrator(id: UserId): Promise<void> {
    const administrator = await this.roles.administratorRoleId();
    const account = await this.users.findAccount(id);
    if (account?.status !== 'active' || !account.roleIds.includes(administrator)) return;
    // Two administrators who delete each other at the same moment must not both find the other one still there.
    await this.roles.lockHolders(administrator);
    if ((await this.users.countHolders(administrator, { status: 'active', except: id })) === 0) {
      throw new DomainError('conflict', 'LAST_ADMINISTRATOR', 'The last administrator has to stay');
    }
  }
}
