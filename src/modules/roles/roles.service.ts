import { Injectable } from '@nestjs/common';
import { DomainError, type FieldError } from '../../common/domain-error.js';
import type { RoleId } from '../../common/ids.js';
import type { PermissionName, Principal } from '../../common/principal.js';
import { assertHolds } from './grants.js';
import { administratorRole, defaultRole } from './permission-catalogue.js';
import { RoleCache } from './role-cache.js';
import { RoleHolders } from './role-holders.js';
import { permissionName } from './role.js';
import { RolesRepository } from './roles.repository.js';

/** What roles allow. All answers come from memory, which signals keep true. */
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

  /** As permissionsOf, from memory alone: undefined when the database would have to be asked. */
  knownPermissionsOf(ids: readonly RoleId[]): ReadonlySet<PermissionName> | undefined {
    return this.cache.known?.permissionsOf(ids);
  }

  /** What the roles allow together; a role that is gone allows nothing. */
  async permissionsOf(ids: readonly RoleId[]): Promise<ReadonlySet<PermissionName>> {
    return (await this.cache.current()).permissionsOf(ids);
  }

  /** @throws DomainError forbidden / PERMISSION_NOT_HELD when the roles hold what the principal lacks. */
  async assertMayGrant(principal: Principal, ids: readonly RoleId[]): Promise<void> {
    assertHolds(principal, await this.permissionsOf(ids));
  }

  /**
   * Inside the unit of work that gives the role to somebody: until its end the role is neither deleted nor made
   * stronger. System roles are neither at any time, so that nobody has to wait for another who gives away the same one.
   * @throws DomainError not-found / ROLE_NOT_FOUND; forbidden / PERMISSION_NOT_HELD.
   */
  async assertMayGrantNow(principal: Principal, id: RoleId): Promise<void> {
    const role = await this.roles.findById(id);
    if (role === null) throw new DomainError('not-found', 'ROLE_NOT_FOUND', 'Role not found');
    if (!role.isSystem) await this.roles.lockHolders(id);
    assertHolds(principal, role.permissions.map(permissionName));
  }

  /** Those of the roles that are there no more, asked of the database. System roles are always there. */
  async goneOf(ids: readonly RoleId[]): Promise<RoleId[]> {
    const snapshot = await this.cache.current();
    const deletable = ids.filter((id) => snapshot.find(id)?.isSystem !== true);
    if (deletable.length === 0) return [];
    const existing = await this.roles.existing(deletable);
    return deletable.filter((id) => !existing.has(id));
  }

  /** Tells the name of a role, as it was when this was called; undefined for a role that was gone. */
  async nameTeller(): Promise<(id: RoleId) => string | undefined> {
    const snapshot = await this.cache.current();
    return (id) => snapshot.find(id)?.name;
  }

  /** As nameTeller; a role of these that another process has just made is known, too. */
  async nameTellerOf(ids: readonly RoleId[]): Promise<(id: RoleId) => string | undefined> {
    const tell = await this.nameTeller();
    if (ids.every((id) => tell(id) !== undefined)) return tell;
    this.cache.invalidate();
    return this.nameTeller();
  }

  /** Users call this once at start: see RoleHolders. */
  askHolders(holders: RoleHolders): void {
    this.holders = holders;
  }

  async isHeld(id: RoleId): Promise<boolean> {
    return this.knownHolders().isRoleHeld(id);
  }

  /** After a role was deleted: who was given it in the same moment gets rid of it. */
  async release(id: RoleId): Promise<void> {
    await this.knownHolders().releaseRole(id);
  }

  /**
   * Inside a unit of work, before holders are counted: two that take the role from different users change different
   * documents, so that without this both would commit on what neither left true.
   */
  async lockHolders(id: RoleId): Promise<void> {
    await this.roles.lockHolders(id);
  }

  private knownHolders(): RoleHolders {
    // Better no answer than a role that vanishes from under its users.
    if (this.holders === undefined) throw new Error('nobody told RolesService who holds roles: askHolders()');
    return this.holders;
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
