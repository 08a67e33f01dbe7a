import type { Types } from 'mongoose';
import { permissionIds, roleIds, userIds } from '../../common/ids.js';
import type { UserEntity } from './user.schema.js';
import type { RolePermission, User, UserRole } from './user.types.js';

interface StoredPermission {
  _id: Types.ObjectId;
  resource: string;
  action: string;
}

interface StoredRole {
  _id: Types.ObjectId;
  name: string;
  permissions?: StoredPermission[];
}

type SecretField = 'passwordHistory' | 'pendingEmail' | 'previousEmail';

/** A lean document, its roles populated or not. */
export type StoredUser = Omit<UserEntity, 'roles' | 'passwordHash' | SecretField> & {
  _id: Types.ObjectId;
  roles: (Types.ObjectId | StoredRole)[];
  passwordHash?: string | null;
};

function toPermission({ _id, resource, action }: StoredPermission): RolePermission {
  return { id: permissionIds.parse(_id.toString()), resource, action };
}

function toRole(role: Types.ObjectId | StoredRole): UserRole {
  if (!('name' in role)) return { id: roleIds.parse(role.toString()), name: '' };
  return {
    id: roleIds.parse(role._id.toString()),
    name: role.name,
    ...(role.permissions !== undefined && { permissions: role.permissions.map(toPermission) }),
  };
}

/** Field by field: for what is left of an object, V8 makes a dictionary, in the memory that it clears up seldom. */
export function toUser(stored: StoredUser): User {
  return {
    id: userIds.parse(stored._id.toString()),
    email: stored.email,
    name: stored.name,
    age: stored.age,
    status: stored.status,
    roles: stored.roles.map(toRole),
    passwordHash: stored.passwordHash ?? null,
    profileImage: stored.profileImage,
    emailVerified: stored.emailVerified,
    lastLoginAt: stored.lastLoginAt,
    revision: stored.revision,
    isDeleted: stored.isDeleted,
    deletedAt: stored.deletedAt,
    createdAt: stored.createdAt,
    updatedAt: stored.updatedAt,
  };
}
