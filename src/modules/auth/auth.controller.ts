import { Body, Controller, Header, HttpCode, HttpStatus, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../common/domain-error.js';
import type { Principal } from '../../common/principal.js';
import { Authenticated, Public } from '../../http/access.decorators.js';
import { answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../http/api-answer.decorator.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { AuthService } from './auth.service.js';
import { LoginAnswerDto, loginAnswerDto } from './dto/login-answer.dto.js';
import { LoginDto } from './dto/login.dto.js';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @Public()
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Log in with an e-mail address and a password' })
  @ApiAnswer(LoginAnswerDto, { message: 'Logged in' })
  @ApiFailures({
    400: 'VALIDATION_FAILED',
    401: 'INVALID_CREDENTIALS: the same for an unknown address and a wrong password',
    403: 'ACCOUNT_SUSPENDED or ACCOUNT_PENDING, after the right password',
    503: 'BUSY: more logins than this process can check now; Retry-After says when to try again',
  })
  async login(@Body() { email, password }: LoginDto, @Req() request: FastifyRequest) {
    const userAgent = request.headers['user-agent'];
    const login = await this.auth.login({ email, password, userAgent, ip: request.ip });
    return answer('Logged in', loginAnswerDto(login));
  }

  @Post('logout')
  @Authenticated()
  @HttpCode(HttpStatus.OK)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'End this session: its access token is refused from now on' })
  @ApiAnswer(null, { message: 'Logged out' })
  @ApiFailures({ 401: 'UNAUTHENTICATED, INVALID_TOKEN, TOKEN_EXPIRED or SESSION_ENDED' })
  async logout(@CurrentPrincipal() principal: Principal) {
    if (principal.kind !== 'user') {
      throw new DomainError('forbidden', 'SESSION_REQUIRED', 'This route takes a login, not an API key');
    }
    await this.auth.logout(principal.userId, principal.sessionId);
    return answer('Logged out', null);
  }
}
