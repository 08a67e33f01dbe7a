import type { PermissionId, RoleId } from '../../common/ids.js';
import type { PermissionName } from '../../common/principal.js';

export interface Permission {
  readonly id: PermissionId;
  readonly resource: string;
  readonly action: string;
  readonly createdAt: Date;
}

export interface Role {
  readonly id: RoleId;
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
  readonly isSystem: boolean;
  /** Counts the changes; the ETag is made of it. */
  readonly revision: number;
  readonly createdAt: Date;
}

export interface RoleChanges {
  readonly name?: string;
  readonly description?: string;
  readonly permissions?: readonly PermissionId[];
}

export type NewRole = Required<RoleChanges> & { readonly id: RoleId };

export const permissionSortFields = ['createdAt', 'resource'] as const;
export type PermissionSortField = (typeof permissionSortFields)[number];

export const roleSortFields = ['createdAt', 'name'] as const;
export type RoleSortField = (typeof roleSortFields)[number];

export function permissionName({
  resource,
  action,
}: Pick<Permission, 'resource' | 'action'>): PermissionName {
  return `${resource}:${action}`;
}
