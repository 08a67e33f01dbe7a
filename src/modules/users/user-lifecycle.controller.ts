import { applyDecorators, Controller, HttpCode, HttpStatus, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { userIds, type UserId } from '../../common/ids.js';
import type { PermissionName, Principal } from '../../common/principal.js';
import { RequirePermission } from '../../http/access.decorators.js';
import type { Answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../http/api-answer.decorator.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { idPipe } from '../../http/id.pipe.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { userAnswer } from './user-answer.js';
import { UserDto } from './user.dto.js';
import { UserLifecycleService } from './user-lifecycle.service.js';

interface Act {
  readonly needs: PermissionName;
  readonly summary: string;
  readonly message: string;
  /** Codes of a 409. */
  readonly conflicts: string;
}

/** What the three acts have in common. */
const ActsOnUser = ({ needs, summary, message, conflicts }: Act): MethodDecorator =>
  applyDecorators(
    HttpCode(HttpStatus.OK),
    Idempotent(),
    RequirePermission(needs),
    ApiOperation({ summary }),
    ApiAnswer(UserDto, { message }),
    ApiFailures({ 403: 'FORBIDDEN or PERMISSION_NOT_HELD', 404: 'USER_NOT_FOUND', 409: conflicts }),
  );

@ApiTags('users')
@ApiBearerAuth()
@Controller('users/:id')
export class UserLifecycleController {
  constructor(private readonly lifecycle: UserLifecycleService) {}

  @Post('restore')
  @ActsOnUser({
    needs: 'users:restore',
    summary: 'Bring a deleted user back, unless the address was taken since',
    message: 'User restored successfully',
    conflicts: 'EMAIL_TAKEN',
  })
  async restore(
    @Param('id', idPipe(userIds)) id: UserId,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    return userAnswer('User restored successfully', await this.lifecycle.restore(principal, id), reply);
  }

  @Post('suspend')
  @ActsOnUser({
    needs: 'users:update',
    summary: 'Keep a user out: ends sessions and API keys at once',
    message: 'User suspended',
    conflicts: 'LAST_ADMINISTRATOR',
  })
  async suspend(
    @Param('id', idPipe(userIds)) id: UserId,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    return userAnswer('User suspended', await this.lifecycle.suspend(principal, id), reply);
  }

  @Post('activate')
  @ActsOnUser({
    needs: 'users:update',
    summary: 'Let a suspended user in again; who never chose a password is invited as before',
    message: 'User activated',
    conflicts: 'INVITATION_PENDING',
  })
  async activate(
    @Param('id', idPipe(userIds)) id: UserId,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<UserDto>> {
    return userAnswer('User activated', await this.lifecycle.activate(principal, id), reply);
  }
}
