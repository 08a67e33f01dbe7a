import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DomainError } from '../../common/domain-error.js';
import { userIds, type UserId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { Authenticated, RequirePermission } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures, ApiListAnswer } from '../../http/api-answer.decorator.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { idPipe } from '../../http/id.pipe.js';
import { ListRequests } from '../../http/list-requests.js';
import { etagOf, ExpectedRevision } from '../../http/revision.js';
import { CreateUserDto } from './dto/create-user.dto.js';
import { IncludeQuery, ListUsersQuery } from './dto/list-users.query.js';
import { changesOf, UpdateUserDto } from './dto/update-user.dto.js';
import { UserDto, userDto } from './user.dto.js';
import type { SafeUser } from './user.types.js';
import { UsersService } from './users.service.js';

const ApiIfMatch = () =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag that was read; 412 when it is stale.',
  });

@ApiTags('users')
@ApiBearerAuth()
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly lists: ListRequests,
  ) {}

  @Get()
  @RequirePermission('users:read')
  @ApiOperation({ summary: 'List, filter and search users' })
  @ApiListAnswer(UserDto, { message: 'Users retrieved' })
  @ApiFailures({ 400: 'VALIDATION_FAILED, INVALID_CURSOR, ROLE_NOT_FOUND' })
  async list(
    @Query() query: ListUsersQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<UserDto[]>> {
    const { status, role, search } = query;
    const includeDeleted = query.includeDeleted === 'true';
    if (includeDeleted && !principal.permissions.has('users:restore')) {
      throw new DomainError('forbidden', 'FORBIDDEN', 'includeDeleted needs the permission users:restore');
    }
    const request = this.lists.read(query, 'createdAt');
    const list = await this.users.list(
      {
        includeDeleted,
        ...(status !== undefined && { status }),
        ...(role !== undefined && { role }),
        ...(search !== undefined && { search }),
      },
      request,
      { withPermissions: query.include === 'permissions' },
    );
    return this.lists.answer('Users retrieved', list, request, userDto);
  }

  @Post()
  @RequirePermission('users:create')
  @ApiOperation({ summary: 'Make a user; without a password an invitation is mailed' })
  @ApiAnswer(UserDto, { status: 201, message: 'User created' })
  @ApiFailures({
    400: 'VALIDATION_FAILED, WEAK_PASSWORD, ROLE_NOT_FOUND',
    403: 'PERMISSION_NOT_HELD',
    409: 'EMAIL_TAKEN',
  })
  async create(
    @Body() body: CreateUserDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<UserDto>> {
    return answer('User created', userDto(await this.users.create(principal, body)));
  }

  @Get('me')
  @Authenticated({ apiKey: true })
  @ApiOperation({ summary: 'Your own profile' })
  @ApiAnswer(UserDto, { message: 'Profile retrieved' })
  async me(
    @CurrentPrincipal() principal: Principal,
    @Query() { include }: IncludeQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    const user = await this.users.get(principal.userId, { withPermissions: include === 'permissions' });
    return this.show('Profile retrieved', user, reply);
  }

  @Get(':id')
  @RequirePermission('users:read')
  @ApiOperation({ summary: 'One user, with an ETag for If-Match' })
  @ApiAnswer(UserDto, { message: 'User found' })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'USER_NOT_FOUND' })
  async get(
    @Param('id', idPipe(userIds)) id: UserId,
    @Query() { include }: IncludeQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    return this.show(
      'User found',
      await this.users.get(id, { withPermissions: include === 'permissions' }),
      reply,
    );
  }

  @Patch(':id')
  @RequirePermission('users:update')
  @ApiOperation({ summary: 'Change the fields that are given' })
  @ApiIfMatch()
  @ApiAnswer(UserDto, { message: 'User updated' })
  @ApiFailures({ 400: 'VALIDATION_FAILED', 404: 'USER_NOT_FOUND', 412: 'PRECONDITION_FAILED' })
  async update(
    @Param('id', idPipe(userIds)) id: UserId,
    @Body() body: UpdateUserDto,
    @ExpectedRevision() revision: number | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    return this.show(
      'User updated',
      await this.users.update(principal, id, changesOf(body), revision),
      reply,
    );
  }

  @Put(':id')
  @RequirePermission('users:update')
  @ApiOperation({ summary: 'The same as PATCH' })
  @ApiIfMatch()
  @ApiAnswer(UserDto, { message: 'User updated' })
  @ApiFailures({ 400: 'VALIDATION_FAILED', 404: 'USER_NOT_FOUND', 412: 'PRECONDITION_FAILED' })
  replace(
    @Param('id', idPipe(userIds)) id: UserId,
    @Body() body: UpdateUserDto,
    @ExpectedRevision() revision: number | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    return this.update(id, body, revision, principal, reply);
  }

  @Delete(':id')
  @RequirePermission('users:delete')
  @ApiOperation({ summary: 'Delete a user; restore brings it back' })
  @ApiIfMatch()
  @ApiAnswer(null, { message: 'User deleted successfully' })
  @ApiFailures({ 404: 'USER_NOT_FOUND', 409: 'LAST_ADMINISTRATOR', 412: 'PRECONDITION_FAILED' })
  async delete(
    @Param('id', idPipe(userIds)) id: UserId,
    @ExpectedRevision() revision: number | undefined,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<null>> {
    await this.users.delete(principal, id, revision);
    return answer('User deleted successfully', null);
  }

  @Post(':id/restore')
  @HttpCode(HttpStatus.OK)
  @RequirePermission('users:restore')
  @ApiOperation({ summary: 'Bring a deleted user back, unless the address was taken since' })
  @ApiAnswer(UserDto, { message: 'User restored successfully' })
  @ApiFailures({ 404: 'USER_NOT_FOUND', 409: 'EMAIL_TAKEN' })
  async restore(
    @Param('id', idPipe(userIds)) id: UserId,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<UserDto>> {
    return answer('User restored successfully', userDto(await this.users.restore(principal, id)));
  }

  private show(message: string, user: SafeUser, reply: FastifyReply): Answer<UserDto> {
    reply.header('ETag', etagOf(user.revision));
    return answer(message, userDto(user));
  }
}
