import { Injectable } from '@nestjs/common';
import { DomainError, type FieldError } from '../../common/domain-error.js';
import type { RoleId } from '../../common/ids.js';
import type { PermissionName, Principal } from '../../common/principal.js';
import { assertHolds } from './grants.js';
import { administratorRole, defaultRole } from './permission-catalogue.js';
import { RoleCache } from './role-cache.js';
import { RoleHolders } from './role-holders.js';
import { RolesRepository } from './roles.repository.js';

/** What roles allow. All answers come from memory and are at most 5 s behind a change made by another process. */
@Injectable()
export class RolesService {
  private holders: RoleHolders | undefined;

  constructor(
    private readonly cache: RoleCache,
    private readonly roles: RolesRepository,
  ) {}

  /**
   * Ids of roles that are named by id or by name, each once.
   * @throws DomainError invalid / ROLE_NOT_FOUND with one error a reference, its path `roles.<index>`.
   */
  async resolve(references: readonly string[]): Promise<RoleId[]> {
    let snapshot = await this.cache.current();
    if (references.some((reference) => snapshot.find(reference) === undefined)) {
      // Perhaps another process has just made it.
      this.cache.invalidate();
      snapshot = await this.cache.current();
    }
    const errors: FieldError[] = [];
    const found = references.flatMap((reference, index) => {
      const role = snapshot.find(reference);
      if (role !== undefined) return [role.id];
      errors.push({ path: `roles.${index}`, message: 'there is no such role' });
      return [];
    });
    if (errors.length > 0) throw new DomainError('invalid', 'ROLE_NOT_FOUND', 'Role not found', { errors });
    return [...new Set(found)];
  }

  /** What a new user holds when nobody says otherwise. */
  async defaultRoleId(): Promise<RoleId> {
    return this.systemRoleId(defaultRole);
  }

  async administratorRoleId(): Promise<RoleId> {
    return this.systemRoleId(administratorRole);
  }

  /** What the roles allow together; a role that is gone allows nothing. */
  async permissionsOf(ids: readonly RoleId[]): Promise<ReadonlySet<PermissionName>> {
    return (await this.cache.current()).permissionsOf(ids);
  }

  /** @throws DomainError forbidden / PERMISSION_NOT_HELD when the roles hold what the principal lacks. */
  async assertMayGrant(principal: Principal, ids: readonly RoleId[]): Promise<void> {
    assertHolds(principal, await this.permissionsOf(ids));
  }

  /** Users call this once at start: see RoleHolders. */
  askHolders(holders: RoleHolders): void {
    this.holders = holders;
  }

  async isHeld(id: RoleId): Promise<boolean> {
    // Better no answer than a role that vanishes from under its users.
    if (this.holders === undefined) throw new Error('nobody told RolesService who holds roles: askHolders()');
    return this.holders.isRoleHeld(id);
  }

  /**
   * Inside a unit of work, before holders are counted: two that take the role from different users change different
   * documents, so that without this both would commit on what neither left true.
   */
  async lockHolders(id: RoleId): Promise<void> {
    await this.roles.lockHolders(id);
  }

  private async systemRoleId(name: string): Promise<RoleId> {
    const role = (await this.cache.current()).find(name);
    if (role === undefined) {
      // The process serves before its database is prepared; its seeds are on their way.
      throw new DomainError('unavailable', 'NOT_READY', 'The service is starting, please try again.', {
        retryAfter: 1,
      });
    }
    return role.id;
  }
}
