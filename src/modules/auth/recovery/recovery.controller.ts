import { Body, Controller, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticated, Public } from '../../../http/access.decorators.js';
import { answer } from '../../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../../http/api-answer.decorator.js';
import { CurrentSession, type SessionPrincipal } from '../../../http/current-session.decorator.js';
import { CausesMail } from '../../rate-limits/mail-address.guard.js';
import { LoginAnswer } from '../login-answer.js';
import { AddressDto } from '../dto/address.dto.js';
import { ChangePasswordDto } from './dto/change-password.dto.js';
import { ResetPasswordDto } from './dto/reset-password.dto.js';
import { RecoveryService } from './recovery.service.js';

const asked = 'If the address has an account, a mail is on its way';
const busy = 'BUSY: more passwords than this process can hash now; Retry-After says when to try again';

@ApiTags('auth')
@Controller('auth')
export class RecoveryController {
  constructor(
    private readonly recovery: RecoveryService,
    private readonly logins: LoginAnswer,
  ) {}

  @Post('forgot-password')
  @Public()
  @CausesMail()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ summary: 'Ask for a mail with which a new password can be chosen' })
  @ApiAnswer(null, { status: 202, message: asked })
  @ApiFailures({ 400: 'VALIDATION_FAILED', 429: 'RATE_LIMITED' })
  async forgot(@Body() { email }: AddressDto) {
    await this.recovery.forgot(email);
    return answer(asked, null);
  }

  @Post('reset-password')
  @Public()
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Choose a password by a mailed token',
    description:
      'Of a reset (good for 30 minutes) or of an invitation (7 days). Ends every session of the account.',
  })
  @ApiAnswer(null, { message: 'Password changed' })
  @ApiFailures({
    400: 'VALIDATION_FAILED, WEAK_PASSWORD; INVALID_ONE_TIME_TOKEN: unknown, used or expired',
    503: busy,
  })
  async reset(
    @Body() { token, password }: ResetPasswordDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    // The way back for whom strangers keep from logging in with a new device.
    this.logins.rememberDevice(request, reply, await this.recovery.reset(token, password));
    return answer('Password changed', null);
  }

  @Post('change-password')
  @Authenticated()
  @HttpCode(HttpStatus.OK)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Choose another password; ends your other sessions' })
  @ApiAnswer(null, { message: 'Password changed' })
  @ApiFailures({
    400: 'VALIDATION_FAILED, WEAK_PASSWORD; WRONG_PASSWORD: the current one is another',
    429: 'TOO_MANY_LOGIN_ATTEMPTS: too many wrong current passwords',
    503: busy,
  })
  async change(@Body() body: ChangePasswordDto, @CurrentSession() principal: SessionPrincipal) {
    await this.recovery.change(principal, body);
    return answer('Password changed', null);
  }
}
