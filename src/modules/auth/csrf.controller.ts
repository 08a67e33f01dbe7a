import { randomBytes } from 'node:crypto';
import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiAnswer } from '../../http/api-answer.decorator.js';
import { CsrfTokens } from '../../http/csrf-tokens.js';
import { SessionCookies } from '../../http/session-cookies.js';
import { LoginAnswer } from './login-answer.js';

const nonceFormat = /^[\w-]{43}$/;

class CsrfTokenDto {
  @ApiProperty({
    description: 'Goes into X-CSRF-Token.',
    example: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA',
  })
  csrfToken!: string;
}

@ApiTags('auth')
@Controller('csrf-token')
export class CsrfController {
  constructor(
    private readonly csrf: CsrfTokens,
    private readonly cookies: SessionCookies,
    private readonly logins: LoginAnswer,
  ) {}

  @Get()
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'What a browser sends back as X-CSRF-Token with each write, and with a login by cookies',
    description:
      'Of the session whose access cookie comes along: good as long as the session. Otherwise of this browser: good for logging in and for a refresh.',
  })
  @ApiAnswer(CsrfTokenDto, { message: 'CSRF token made' })
  async token(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<CsrfTokenDto>> {
    const session = await this.logins.sessionOf(request);
    const csrfToken =
      session === undefined
        ? this.csrf.tokenFor({ kind: 'nonce', nonce: this.nonceFor(request, reply) })
        : this.csrf.tokenFor({ kind: 'session', id: session });
    return answer('CSRF token made', { csrfToken });
  }

  /** The nonce that the browser has, so that two of its pages do not take it from each other, else a new one. */
  private nonceFor({ headers }: FastifyRequest, reply: FastifyReply): string {
    const held = this.cookies.nonceOf(headers);
    if (held !== undefined && nonceFormat.test(held)) return held;
    const nonce = randomBytes(32).toString('base64url');
    this.cookies.setNonce(reply, nonce);
    return nonce;
  }
}
