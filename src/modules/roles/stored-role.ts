import { createHash } from 'node:crypto';
import { Types } from 'mongoose';
import { permissionIds, roleIds } from '../../common/ids.js';
import type { PermissionEntity } from './permission.schema.js';
import type { RoleEntity } from './role.schema.js';
import type { Permission, Role } from './role.js';

export type StoredPermission = PermissionEntity & { _id: Types.ObjectId };

/** A lean role with its permissions populated. */
export type StoredRole = Omit<RoleEntity, 'permissions'> & {
  _id: Types.ObjectId;
  permissions: StoredPermission[];
};

export function toPermission({ _id, resource, action, createdAt }: StoredPermission): Permission {
  return { id: permissionIds.parse(_id.toString()), resource, action, createdAt };
}

export function toRole({ _id, permissions, ...role }: StoredRole): Role {
  return {
    id: roleIds.parse(_id.toString()),
    name: role.name,
    description: role.description,
    permissions: permissions.map(toPermission),
    isSystem: role.isSystem,
    revision: role.revision,
    createdAt: role.createdAt,
  };
}

/**
 * The id of what a seed makes: the same in every process, so that two which seed at once collide on the id even
 * where the unique indexes are not made yet.
 */
export function seededId(kind: 'permission' | 'role', name: string): Types.ObjectId {
  return new Types.ObjectId(createHash('sha256').update(`${kind} ${name}`).digest().subarray(0, 12));
}
