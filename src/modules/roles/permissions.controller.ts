import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../http/access.decorators.js';
import { ApiListAnswer } from '../../http/api-answer.decorator.js';
import { HttpCached } from '../../http/http-cache/http-cached.decorator.js';
import { ListRequests } from '../../http/list-requests.js';
import { ListPermissionsQuery } from './dto/list-roles.query.js';
import { PermissionDto, permissionDto } from './dto/permission.dto.js';
import { RoleManagementService } from './role-management.service.js';

@ApiTags('roles')
@ApiBearerAuth()
@Controller('permissions')
export class PermissionsController {
  constructor(
    private readonly roles: RoleManagementService,
    private readonly lists: ListRequests,
  ) {}

  // They change with a release alone, whose seeds signal the roles.
  @Get()
  @HttpCached({ name: 'permissions', ttl: 300, endedBy: ({ kind }) => kind === 'role' })
  @RequirePermission('roles:read')
  @ApiOperation({ summary: 'List the permissions that roles are made of' })
  @ApiListAnswer(PermissionDto, { message: 'Permissions retrieved' })
  async list(@Query() query: ListPermissionsQuery) {
    const request = this.lists.read('permissions', query, 'createdAt');
    const list = await this.roles.listPermissions(request);
    return this.lists.answer('Permissions retrieved', list, request, permissionDto);
  }
}
