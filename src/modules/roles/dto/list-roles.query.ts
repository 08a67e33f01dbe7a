import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ListQuery } from '../../../http/list-query.dto.js';
import {
  permissionSortFields,
  roleSortFields,
  type PermissionSortField,
  type RoleSortField,
} from '../role.js';

export class ListRolesQuery extends ListQuery<RoleSortField> {
  @ApiPropertyOptional({ enum: roleSortFields, default: 'createdAt' })
  @IsOptional()
  @IsIn(roleSortFields)
  sortBy?: RoleSortField;
}

export class ListPermissionsQuery extends ListQuery<PermissionSortField> {
  @ApiPropertyOptional({ enum: permissionSortFields, default: 'createdAt' })
  @IsOptional()
  @IsIn(permissionSortFields)
  sortBy?: PermissionSortField;
}
