import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { userIds, type UserId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { RequirePermission } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures, ApiListAnswer } from '../../http/api-answer.decorator.js';
import { ApiIfMatch } from '../../http/api-if-match.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { idPipe } from '../../http/id.pipe.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { ListRequests } from '../../http/list-requests.js';
import { ExpectedRevision } from '../../http/revision.js';
import { CreateUserDto } from './dto/create-user.dto.js';
import { IncludeQuery } from './dto/include.query.js';
import { ListUsersQuery } from './dto/list-users.query.js';
import { changesOf, UpdateUserDto } from './dto/update-user.dto.js';
import { UserDto, userDto } from './user.dto.js';
import { foundUserAnswer, userAnswer } from './user-answer.js';
import { UserLifecycleService } from './user-lifecycle.service.js';
import { UsersService } from './users.service.js';

/** What PATCH and PUT have in common. */
const ChangesUser = (summary: string): MethodDecorator =>
  applyDecorators(
    RequirePermission('users:update'),
    ApiOperation({ summary }),
    ApiIfMatch(),
    ApiAnswer(UserDto, { message: 'User updated' }),
    ApiFailures({
      400: 'VALIDATION_FAILED',
      403: 'FORBIDDEN or PERMISSION_NOT_HELD',
      404: 'USER_NOT_FOUND',
      412: 'PRECONDITION_FAILED',
    }),
  );

@ApiTags('users')
@ApiBearerAuth()
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly lifecycle: UserLifecycleService,
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
    const request = this.lists.read('users', query, 'createdAt');
    const list = await this.users.list(
      principal,
      {
        includeDeleted: query.includeDeleted === 'true',
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
  @Idempotent()
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

  @Get(':id')
  @RequirePermission('users:read')
  @ApiOperation({ summary: 'One user, with an ETag for If-Match' })
  @ApiAnswer(UserDto, { message: 'User found' })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'USER_NOT_FOUND' })
  get(
    @Param('id', idPipe(userIds)) id: UserId,
    @Query() { include }: IncludeQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Answer<UserDto> | Promise<Answer<UserDto>> {
    const user = this.users.get(id, { withPermissions: include === 'permissions' });
    return foundUserAnswer('User found', user, reply);
  }

  @Patch(':id')
  @ChangesUser('Change the fields that are given')
  async update(
    @Param('id', idPipe(userIds)) id: UserId,
    @Body() body: UpdateUserDto,
    @ExpectedRevision() revision: number | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    const user = await this.users.update(principal, id, changesOf(body), revision);
    return userAnswer('User updated', user, reply);
  }

  @Put(':id')
  @ChangesUser('The same as PATCH')
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
  @ApiFailures({
    403: 'FORBIDDEN or PERMISSION_NOT_HELD',
    404: 'USER_NOT_FOUND',
    409: 'LAST_ADMINISTRATOR',
    412: 'PRECONDITION_FAILED',
  })
  async delete(
    @Param('id', idPipe(userIds)) id: UserId,
    @ExpectedRevision() revision: number | undefined,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<null>> {
    await this.lifecycle.delete(principal, id, revision);
    return answer('User deleted successfully', null);
  }
}
