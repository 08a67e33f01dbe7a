import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  HttpCode,
  HttpStatus,
  Param,
  Post,
  Put,
  Res,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { roleIds, userIds, type RoleId, type UserId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { RequirePermission } from '../../http/access.decorators.js';
import type { Answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../http/api-answer.decorator.js';
import { ApiIfMatch } from '../../http/api-if-match.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { idPipe } from '../../http/id.pipe.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { ExpectedRevision } from '../../http/revision.js';
import { TransferRoleDto } from './dto/transfer-role.dto.js';
import { userAnswer } from './user-answer.js';
import { UserDto } from './user.dto.js';
import { UserRolesService } from './user-roles.service.js';

const forbidden = 'FORBIDDEN or PERMISSION_NOT_HELD';

interface Change {
  readonly summary: string;
  readonly message: string;
  /** Codes of a 404 and of a 409. */
  readonly absent: string;
  readonly conflict: string;
}

/** What giving and taking one role have in common. */
const ChangesRoles = ({ summary, message, absent, conflict }: Change): MethodDecorator =>
  applyDecorators(
    RequirePermission('roles:assign'),
    ApiOperation({ summary }),
    ApiIfMatch(),
    ApiAnswer(UserDto, { message }),
    ApiFailures({ 403: forbidden, 404: absent, 409: conflict, 412: 'PRECONDITION_FAILED' }),
  );

const Id = () => Param('id', idPipe(userIds));
const Role = () => Param('roleId', idPipe(roleIds));

@ApiTags('users')
@ApiBearerAuth()
@Controller('users/:id/roles')
export class UserRolesController {
  constructor(private readonly roles: UserRolesService) {}

  @Post('transfer')
  @Idempotent()
  @HttpCode(HttpStatus.OK)
  @RequirePermission('roles:assign')
  @ApiOperation({ summary: 'Take one role and give another for it, in one step' })
  @ApiAnswer(UserDto, { message: 'Role transferred successfully' })
  @ApiFailures({
    400: 'VALIDATION_FAILED, SAME_ROLE, ROLE_NOT_FOUND',
    403: forbidden,
    404: 'USER_NOT_FOUND',
    409: 'ROLE_NOT_HELD, LAST_ADMINISTRATOR',
  })
  async transfer(
    @Id() id: UserId,
    @Body() body: TransferRoleDto,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    const transfer = {
      fromRoleId: roleIds.parse(body.fromRoleId),
      toRoleId: roleIds.parse(body.toRoleId),
    };
    const user = await this.roles.transfer(principal, id, transfer);
    return userAnswer('Role transferred successfully', user, reply);
  }

  @Put(':roleId')
  @ChangesRoles({
    summary: 'Give a role whose permissions you hold',
    message: 'Role assigned successfully',
    absent: 'USER_NOT_FOUND, ROLE_NOT_FOUND',
    conflict: 'TOO_MANY_ROLES',
  })
  async assign(
    @Id() id: UserId,
    @Role() role: RoleId,
    @ExpectedRevision() revision: number | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    const user = await this.roles.assign(principal, id, role, revision);
    return userAnswer('Role assigned successfully', user, reply);
  }

  @Delete(':roleId')
  @ChangesRoles({
    summary: 'Take a role',
    message: 'Role removed successfully',
    absent: 'USER_NOT_FOUND, ROLE_NOT_HELD',
    conflict: 'LAST_ADMINISTRATOR',
  })
  async remove(
    @Id() id: UserId,
    @Role() role: RoleId,
    @ExpectedRevision() revision: number | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    const user = await this.roles.remove(principal, id, role, revision);
    return userAnswer('Role removed successfully', user, reply);
  }
}
