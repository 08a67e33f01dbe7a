import type { PermissionId, RoleId, UserId } from '../../common/ids.js';
import type { UserStatus } from './user-status.js';

/** A user as the repository knows it, without its secrets. */
export interface User {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly age: number | null;
  readonly status: UserStatus;
  readonly roles: readonly UserRole[];
  readonly passwordHash: string | null;
  readonly profileImage: string | null;
  readonly emailVerified: boolean;
  readonly lastLoginAt: Date | null;
  readonly revision: number;
  readonly isDeleted: boolean;
  readonly deletedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface UserRole {
  readonly id: RoleId;
  readonly name: string;
  /** Only when they were asked for. */
  readonly permissions?: readonly RolePermission[];
}

export interface RolePermission {
  readonly id: PermissionId;
  readonly resource: string;
  readonly action: string;
}

/** What may leave the users module. */
export type SafeUser = Omit<User, 'passwordHash'>;
/** What a user may change of themselves. */
export type UserProfile = Pick<User, 'name' | 'age' | 'profileImage'>;
export type PartialUser = Partial<UserProfile>;
/** What others may change of a user, each by a way of its own. */
export type UserState = Pick<User, 'status'> & { readonly roles: readonly RoleId[] };
export type RequiredUser = Pick<User, 'email' | 'name' | 'status' | 'emailVerified'> & {
  readonly roles: readonly RoleId[];
};
export type NewUser = RequiredUser & Pick<User, 'id' | 'age' | 'passwordHash'>;

/** The least that login needs to know. */
export interface Credentials {
  readonly id: UserId;
  readonly passwordHash: string | null;
  readonly status: UserStatus;
  readonly roleIds: readonly RoleId[];
}

export type Account = Omit<Credentials, 'passwordHash'>;

export const userSortFields = ['createdAt', 'updatedAt', 'name', 'email'] as const;
export type UserSortField = (typeof userSortFields)[number];

export interface UserFilter {
  readonly status?: UserStatus;
  readonly role?: RoleId;
  readonly search?: string;
  readonly includeDeleted: boolean;
}

export interface UserListOptions {
  readonly withPermissions: boolean;
}
