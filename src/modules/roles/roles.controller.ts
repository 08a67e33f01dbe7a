import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { roleIds, type RoleId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { RequirePermission } from '../../http/access.decorators.js';
import { answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures, ApiListAnswer } from '../../http/api-answer.decorator.js';
import { ApiIfMatch } from '../../http/api-if-match.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { HttpCached } from '../../http/http-cache/http-cached.decorator.js';
import { idPipe } from '../../http/id.pipe.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { ListRequests } from '../../http/list-requests.js';
import { etagOf, ExpectedRevision } from '../../http/revision.js';
import { CreateRoleDto } from './dto/create-role.dto.js';
import { ListRolesQuery } from './dto/list-roles.query.js';
import { RoleDto, roleDto } from './dto/role.dto.js';
import { UpdateRoleDto } from './dto/update-role.dto.js';
import { RoleManagementService } from './role-management.service.js';

const Id = () => Param('id', idPipe(roleIds));

@ApiTags('roles')
@ApiBearerAuth()
@Controller('roles')
export class RolesController {
  constructor(
    private readonly roles: RoleManagementService,
    private readonly lists: ListRequests,
  ) {}

  // Every page that edits users or roles asks for it; it takes three queries, and a signal tells of each change.
  @Get()
  @HttpCached({ name: 'roles', ttl: 60, endedBy: ({ kind }) => kind === 'role' })
  @RequirePermission('roles:read')
  @ApiOperation({ summary: 'List roles' })
  @ApiListAnswer(RoleDto, { message: 'Roles retrieved' })
  async list(@Query() query: ListRolesQuery) {
    const request = this.lists.read('roles', query, 'createdAt');
    return this.lists.answer('Roles retrieved', await this.roles.list(request), request, roleDto);
  }

  @Get(':id')
  @RequirePermission('roles:read')
  @ApiOperation({ summary: 'One role, with an ETag for If-Match' })
  @ApiAnswer(RoleDto, { message: 'Role found' })
  @ApiFailures({ 404: 'ROLE_NOT_FOUND' })
  async get(@Id() id: RoleId, @Res({ passthrough: true }) reply: FastifyReply) {
    const role = await this.roles.get(id);
    reply.header('ETag', etagOf(role.revision));
    return answer('Role found', roleDto(role));
  }

  @Post()
  @Idempotent()
  @RequirePermission('roles:create')
  @ApiOperation({ summary: 'Make a role of permissions that you hold' })
  @ApiAnswer(RoleDto, { status: 201, message: 'Role created' })
  @ApiFailures({
    400: 'VALIDATION_FAILED or PERMISSION_NOT_FOUND',
    403: 'PERMISSION_NOT_HELD',
    409: 'ROLE_NAME_TAKEN',
  })
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateRoleDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const role = await this.roles.create(principal, body);
    reply.header('ETag', etagOf(role.revision));
    return answer('Role created', roleDto(role));
  }

  @Patch(':id')
  @RequirePermission('roles:update')
  @ApiOperation({ summary: 'Change a role that allows no more than you may' })
  @ApiIfMatch()
  @ApiAnswer(RoleDto, { message: 'Role updated' })
  @ApiFailures({
    400: 'VALIDATION_FAILED or PERMISSION_NOT_FOUND',
    403: 'SYSTEM_ROLE_PROTECTED or PERMISSION_NOT_HELD',
    404: 'ROLE_NOT_FOUND',
    409: 'ROLE_NAME_TAKEN',
    412: 'PRECONDITION_FAILED',
  })
  async update(
    @CurrentPrincipal() principal: Principal,
    @Id() id: RoleId,
    @Body() body: UpdateRoleDto,
    @ExpectedRevision() expected: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const role = await this.roles.update(principal, id, body, expected);
    reply.header('ETag', etagOf(role.revision));
    return answer('Role updated', roleDto(role));
  }

  @Delete(':id')
  @RequirePermission('roles:delete')
  @ApiOperation({ summary: 'Delete a role that nobody holds any more' })
  @ApiIfMatch()
  @ApiAnswer(null, { message: 'Role deleted successfully' })
  @ApiFailures({
    403: 'SYSTEM_ROLE_PROTECTED or PERMISSION_NOT_HELD',
    404: 'ROLE_NOT_FOUND',
    409: 'ROLE_IN_USE',
    412: 'PRECONDITION_FAILED',
  })
  async delete(
    @CurrentPrincipal() principal: Principal,
    @Id() id: RoleId,
    @ExpectedRevision() expected: number | undefined,
  ) {
    await this.roles.delete(principal, id, expected);
    return answer('Role deleted successfully', null);
  }
}
