import { Body, Controller, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../common/domain-error.js';
import { Authenticated, Public } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../http/api-answer.decorator.js';
import { CurrentSession, type SessionPrincipal } from '../../http/current-session.decorator.js';
import { SessionCookies } from '../../http/session-cookies.js';
import { CountFailuresOnly } from '../rate-limits/count-failures.decorator.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AuthService } from './auth.service.js';
import { LoginAnswerDto } from './dto/login-answer.dto.js';
import { LoginDto } from './dto/login.dto.js';
import { RefreshDto } from './dto/refresh.dto.js';
import { LoginAnswer } from './login-answer.js';

const endedSession = { 401: 'UNAUTHENTICATED, INVALID_TOKEN, TOKEN_EXPIRED or SESSION_ENDED' } as const;

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly sessions: SessionsService,
    private readonly logins: LoginAnswer,
    private readonly cookies: SessionCookies,
  ) {}

  @Post('login')
  @Public()
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Log in with an e-mail address and a password' })
  @ApiAnswer(LoginAnswerDto, { message: 'Logged in' })
  @ApiFailures({
    400: 'VALIDATION_FAILED',
    401: 'INVALID_CREDENTIALS: the same for an unknown address and a wrong password',
    403: 'ACCOUNT_SUSPENDED or ACCOUNT_PENDING, after the right password; by cookies CSRF_TOKEN_REQUIRED or CSRF_TOKEN_INVALID',
    429: 'TOO_MANY_LOGIN_ATTEMPTS: too many wrong passwords for this account, or from this address; Retry-After says when to try again',
    503: 'BUSY: more logins than this process can check now; Retry-After says when to try again',
  })
  login(
    @Body() { email, password, transport }: LoginDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<LoginAnswerDto>> {
    return this.logins.give({ request, reply, transport, message: 'Logged in' }, (origin) =>
      this.auth.login({ email, password, ...origin }),
    );
  }

  @Post('refresh')
  @ApiBody({ type: RefreshDto, required: false })
  @Public()
  @CountFailuresOnly()
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'New tokens for a refresh token, which is good once',
    description:
      'Within 10 seconds, and until the new refresh token is used, the old one gives the same one again: for an answer that was lost. Used later, it ends the session.',
  })
  @ApiAnswer(LoginAnswerDto, { message: 'Session refreshed' })
  @ApiFailures({
    400: 'VALIDATION_FAILED; TWO_CREDENTIALS: a refresh token in the body and another in a cookie',
    401: 'REFRESH_TOKEN_REQUIRED; INVALID_REFRESH_TOKEN: unknown, spent, expired, or of a session that has ended',
    403: 'By cookies: CSRF_TOKEN_REQUIRED or CSRF_TOKEN_INVALID',
  })
  refresh(
    @Body() body: RefreshDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<LoginAnswerDto>> {
    const { refreshToken, transport } = this.refreshCredentials(body, request);
    return this.logins.give(
      { request, reply, transport, isLogin: false, message: 'Session refreshed' },
      (origin) => this.auth.refresh({ refreshToken, ...origin }),
    );
  }

  @Post('logout')
  @Authenticated()
  @HttpCode(HttpStatus.OK)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'End this session: its tokens are refused from now on' })
  @ApiAnswer(null, { message: 'Logged out' })
  @ApiFailures(endedSession)
  async logout(
    @CurrentSession() { userId, sessionId }: SessionPrincipal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<null>> {
    await this.sessions.logout(sessionId, userId);
    this.cookies.clear(request, reply);
    return answer('Logged out', null);
  }

  @Post('logout-all')
  @Authenticated()
  @HttpCode(HttpStatus.OK)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'End every session of yours, this one too' })
  @ApiAnswer(null, { message: 'Logged out everywhere' })
  @ApiFailures(endedSession)
  async logoutAll(
    @CurrentSession() { userId }: SessionPrincipal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<null>> {
    await this.sessions.logoutAll(userId);
    this.cookies.clear(request, reply);
    return answer('Logged out everywhere', null);
  }

  /** @throws DomainError invalid / TWO_CREDENTIALS; unauthenticated / REFRESH_TOKEN_REQUIRED. */
  private refreshCredentials({ refreshToken }: RefreshDto, { headers }: FastifyRequest): RefreshCredentials {
    const cookie = this.cookies.refreshTokenOf(headers);
    if (refreshToken !== undefined && cookie !== undefined) {
      throw new DomainError('invalid', 'TWO_CREDENTIALS', 'Send refreshToken or its cookie, not both');
    }
    if (refreshToken !== undefined) return { refreshToken, transport: undefined };
    if (cookie !== undefined) return { refreshToken: cookie, transport: 'cookie' };
    throw new DomainError('unauthenticated', 'REFRESH_TOKEN_REQUIRED', 'A refresh token is needed');
  }
}

interface RefreshCredentials {
  readonly refreshToken: string;
  readonly transport: 'cookie' | undefined;
}
