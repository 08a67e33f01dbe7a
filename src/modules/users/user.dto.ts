import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { lasting } from '../../http/lasting-data.js';
import type { RolePermission, SafeUser, UserRole } from './user.types.js';
import { userStatuses, type UserStatus } from './user-status.js';

class UserRolePermissionDto {
  @ApiProperty({ example: 'users' })
  resource!: string;

  @ApiProperty({ example: 'read' })
  action!: string;
}

class UserRoleDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345678' })
  id!: string;

  @ApiProperty({ example: 'user' })
  name!: string;

  @ApiPropertyOptional({ type: [UserRolePermissionDto], description: 'Only with ?include=permissions.' })
  permissions?: UserRolePermissionDto[];
}

/**
 * A user as clients see it: dates in ISO 8601, optional fields left out instead of null. Not in dto/, which is the
 * module's own: login shows a user too.
 */
export class UserDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345679' })
  id!: string;

  @ApiProperty({ format: 'email', example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  name!: string;

  @ApiPropertyOptional({ type: 'integer', example: 36 })
  age?: number;

  @ApiProperty({ enum: userStatuses })
  status!: UserStatus;

  @ApiProperty({ type: [UserRoleDto] })
  role!: UserRoleDto[];

  @ApiPropertyOptional({ format: 'uri', example: 'https://example.com/ada.png' })
  profileImage?: string;

  @ApiProperty()
  emailVerified!: boolean;

  @ApiPropertyOptional({ format: 'date-time' })
  lastLoginAt?: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Only with ?includeDeleted=true.' })
  deletedAt?: string;
}

function roleDto({ id, name, permissions }: UserRole): UserRoleDto {
  return { id, name, ...(permissions && { permissions: permissions.map(permissionDto) }) };
}

function permissionDto({ resource, action }: RolePermission): UserRolePermissionDto {
  return { resource, action };
}

const made = new WeakMap<SafeUser, Readonly<UserDto>>();

/** For users out of the cache, who come many times over and never change: what clients see of one is made once. */
export function knownUserDto(user: SafeUser): Readonly<UserDto> {
  let dto = made.get(user);
  if (dto === undefined) made.set(user, (dto = lasting(userDto(user))));
  return dto;
}

export function userDto(user: SafeUser): UserDto {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    ...(user.age !== null && { age: user.age }),
    status: user.status,
    role: user.roles.map(roleDto),
    ...(user.profileImage !== null && { profileImage: user.profileImage }),
    emailVerified: user.emailVerified,
    ...(user.lastLoginAt !== null && { lastLoginAt: user.lastLoginAt.toISOString() }),
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
    ...(user.deletedAt !== null && { deletedAt: user.deletedAt.toISOString() }),
  };
}
