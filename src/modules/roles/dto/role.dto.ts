import { ApiProperty } from '@nestjs/swagger';
import type { Role } from '../role.js';
import { PermissionDto, permissionDto } from './permission.dto.js';

export class RoleDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345678' })
  id!: string;

  @ApiProperty({ example: 'support' })
  name!: string;

  @ApiProperty({ example: 'Answers questions of users.' })
  description!: string;

  @ApiProperty({ type: [PermissionDto] })
  permissions!: PermissionDto[];

  @ApiProperty({ description: 'A system role can be neither changed nor deleted.', example: false })
  isSystem!: boolean;
}

export function roleDto({ id, name, description, permissions, isSystem }: Role): RoleDto {
  return { id, name, description, permissions: permissions.map(permissionDto), isSystem };
}
