import { Body, Controller, HttpCode, HttpStatus, Ip, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../../http/access.decorators.js';
import { answer } from '../../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../../http/api-answer.decorator.js';
import { CausesMail } from '../../rate-limits/mail-address.guard.js';
import { AddressDto } from '../dto/address.dto.js';
import { MailedTokenDto } from '../dto/mailed-token.dto.js';
import { RegisterDto } from './dto/register.dto.js';
import { EmailVerificationService } from './email-verification.service.js';
import { RegistrationService } from './registration.service.js';

const registered = 'Registration received: see your mailbox for what comes next';
const resent = 'If there is something to verify, a mail is on its way';

@ApiTags('auth')
@Controller('auth')
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly verification: EmailVerificationService,
  ) {}

  @Post('register')
  @Public()
  @CausesMail()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({
    summary: 'Ask for an account',
    description:
      'The same answer whether the address has an account or not: what happened is told by mail. Where addresses need not be verified the account is active at once.',
  })
  @ApiAnswer(null, { status: 202, message: registered })
  @ApiFailures({
    400: 'VALIDATION_FAILED, WEAK_PASSWORD',
    429: 'RATE_LIMITED',
    503: 'BUSY: more passwords than this process can hash now; Retry-After says when to try again',
  })
  async register(@Body() body: RegisterDto, @Ip() ip: string) {
    await this.registration.register({ ...body, ip });
    return answer(registered, null);
  }

  @Post('verify-email')
  @Public()
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Prove by a mailed token that an address is yours',
    description:
      'Finishes a registration, confirms the address of an account, or changes it: the last ends every session of the account.',
  })
  @ApiAnswer(null, { message: 'E-mail address verified' })
  @ApiFailures({
    400: 'VALIDATION_FAILED; INVALID_ONE_TIME_TOKEN: unknown, used or expired',
    409: 'EMAIL_TAKEN: somebody has taken the new address since',
  })
  async verify(@Body() { token }: MailedTokenDto) {
    await this.verification.verify(token);
    return answer('E-mail address verified', null);
  }

  @Post('resend-verification')
  @Public()
  @CausesMail()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ summary: 'Ask for the mail to verify an address once more' })
  @ApiAnswer(null, { status: 202, message: resent })
  @ApiFailures({ 400: 'VALIDATION_FAILED', 429: 'RATE_LIMITED' })
  async resend(@Body() { email }: AddressDto) {
    await this.registration.resendVerification(email);
    return answer(resent, null);
  }
}
