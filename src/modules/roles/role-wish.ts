import type { PermissionId } from '../../common/ids.js';
import type { AuditChanges } from '../audit/audit-entry.js';
import { permissionName, type Permission, type Role, type RoleChanges } from './role.js';

export interface RoleWish {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Each a permission's id or its name, e.g. 'users:read'. */
  readonly permissions?: readonly string[] | undefined;
}

interface Differences {
  /** For the repository. */
  readonly changes: RoleChanges;
  /** For the audit; empty when the wish changes nothing. */
  readonly told: AuditChanges;
}

/** What of a role would be otherwise after the wish. `permissions` are those that it names. */
export function differences(
  role: Role,
  { name = role.name, description = role.description }: RoleWish,
  permissions: readonly Permission[] = role.permissions,
): Differences {
  const [from, to] = [namesOf(role.permissions), namesOf(permissions)];
  const rights = from.join() !== to.join();
  return {
    changes: {
      ...(name !== role.name && { name }),
      ...(description !== role.description && { description }),
      ...(rights && { permissions: idsOf(permissions) }),
    },
    told: {
      ...(name !== role.name && { name: { from: role.name, to: name } }),
      ...(description !== role.description && { description: { from: role.description, to: description } }),
      ...(rights && { permissions: { from, to } }),
    },
  };
}

export function idsOf(permissions: readonly Permission[]): PermissionId[] {
  return permissions.map((permission) => permission.id);
}

/** Sorted, so that two lists of the same permissions are equal. */
export function namesOf(permissions: readonly Permission[]): string[] {
  return permissions.map(permissionName).toSorted();
}
