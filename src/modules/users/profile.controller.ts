import { Body, Controller, Get, Patch, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../../common/principal.js';
import { Authenticated } from '../../http/access.decorators.js';
import type { Answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../http/api-answer.decorator.js';
import { ApiIfMatch } from '../../http/api-if-match.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { ExpectedRevision } from '../../http/revision.js';
import { IncludeQuery } from './dto/include.query.js';
import { changesOf, UpdateUserDto } from './dto/update-user.dto.js';
import { foundUserAnswer, userAnswer } from './user-answer.js';
import { UserDto } from './user.dto.js';
import { UsersService } from './users.service.js';

/** What everybody may see and change of themselves. */
@ApiTags('users')
@ApiBearerAuth()
@Controller('users/me')
export class ProfileController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Authenticated({ apiKey: true })
  @ApiOperation({ summary: 'Your own profile' })
  @ApiAnswer(UserDto, { message: 'Profile retrieved' })
  show(
    @CurrentPrincipal() principal: Principal,
    @Query() { include }: IncludeQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Answer<UserDto> | Promise<Answer<UserDto>> {
    const user = this.users.get(principal.userId, { withPermissions: include === 'permissions' });
    return foundUserAnswer('Profile retrieved', user, reply);
  }

  @Patch()
  @Authenticated()
  @ApiOperation({ summary: 'Change your own name, age or picture' })
  @ApiIfMatch()
  @ApiAnswer(UserDto, { message: 'User updated' })
  @ApiFailures({ 400: 'VALIDATION_FAILED', 412: 'PRECONDITION_FAILED' })
  async update(
    @Body() body: UpdateUserDto,
    @ExpectedRevision() revision: number | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    const user = await this.users.update(principal, principal.userId, changesOf(body), revision);
    return userAnswer('User updated', user, reply);
  }
}
