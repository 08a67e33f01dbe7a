import { Body, Controller, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../http/access.decorators.js';
import { answer, type Answer } from '../../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../../http/api-answer.decorator.js';
import { CausesMail } from '../../rate-limits/mail-address.guard.js';
import { AddressDto } from '../dto/address.dto.js';
import { LoginAnswerDto } from '../dto/login-answer.dto.js';
import { LoginAnswer } from '../login-answer.js';
import { VerifyCodeDto } from './dto/verify-code.dto.js';
import { OtpService } from './otp.service.js';

const asked = 'If the address has an account, a code is on its way';

@ApiTags('auth')
@Controller('auth/otp')
export class OtpController {
  constructor(
    private readonly otp: OtpService,
    private readonly logins: LoginAnswer,
  ) {}

  @Post('request')
  @Public()
  @CausesMail()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ summary: 'Ask for a login code by mail' })
  @ApiAnswer(null, { status: 202, message: asked })
  @ApiFailures({ 400: 'VALIDATION_FAILED', 429: 'RATE_LIMITED' })
  async request(@Body() { email }: AddressDto) {
    await this.otp.request(email);
    return answer(asked, null);
  }

  @Post('verify')
  @Public()
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Log in with the code that was mailed',
    description:
      'A code is good for one login within 10 minutes, and for 5 tries; an account bears 10 failures a day.',
  })
  @ApiAnswer(LoginAnswerDto, { message: 'Logged in' })
  @ApiFailures({
    400: 'VALIDATION_FAILED',
    401: 'INVALID_CODE: wrong, expired, used, tried too often, or nobody has that address',
    403: 'By cookies: CSRF_TOKEN_REQUIRED or CSRF_TOKEN_INVALID',
    429: 'TOO_MANY_LOGIN_ATTEMPTS',
  })
  verify(
    @Body() { email, code, transport }: VerifyCodeDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<LoginAnswerDto>> {
    return this.logins.give({ request, reply, transport, message: 'Logged in' }, (origin) =>
      this.otp.verify(email, code, origin),
    );
  }
}
