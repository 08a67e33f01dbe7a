import { Body, Controller, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated } from '../../../http/access.decorators.js';
import { answer } from '../../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../../http/api-answer.decorator.js';
import { CurrentSession, type SessionPrincipal } from '../../../http/current-session.decorator.js';
import { Idempotent } from '../../../http/idempotency/idempotent.decorator.js';
import { CausesMail } from '../../rate-limits/mail-address.guard.js';
import { ChangeEmailDto } from './dto/change-email.dto.js';
import { EmailChangeService } from './email-change.service.js';

const asked = 'If the address is free, a mail to confirm it is on its way';

@ApiTags('users')
@ApiBearerAuth()
@Controller('users/me/email')
export class EmailChangeController {
  constructor(private readonly emailChange: EmailChangeService) {}

  @Post()
  @Idempotent()
  @Authenticated()
  @CausesMail()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({
    summary: 'Ask for another e-mail address',
    description:
      'The new address is mailed a token for POST /api/auth/verify-email, the old one a notice. Nothing changes until then; then every session ends.',
  })
  @ApiAnswer(null, { status: 202, message: asked })
  @ApiFailures({
    400: 'VALIDATION_FAILED; WRONG_PASSWORD; SAME_EMAIL',
    429: 'RATE_LIMITED; TOO_MANY_LOGIN_ATTEMPTS: too many wrong current passwords',
    503: 'BUSY: more passwords than this process can check now; Retry-After says when to try again',
  })
  async request(
    @Body() { newEmail, currentPassword }: ChangeEmailDto,
    @CurrentSession() { userId }: SessionPrincipal,
  ) {
    await this.emailChange.request(userId, newEmail, currentPassword);
    return answer(asked, null);
  }
}
