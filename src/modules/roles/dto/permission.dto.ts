import { ApiProperty } from '@nestjs/swagger';
import type { Permission } from '../role.js';

export class PermissionDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345670' })
  id!: string;

  @ApiProperty({ example: 'users' })
  resource!: string;

  @ApiProperty({ example: 'read' })
  action!: string;
}

export function permissionDto({ id, resource, action }: Permission): PermissionDto {
  return { id, resource, action };
}
