import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SessionId } from '../../common/ids.js';
import { answer, type Answer } from '../../http/answer.js';
import { CsrfTokens, type CsrfBinding } from '../../http/csrf-tokens.js';
import { SessionCookies } from '../../http/session-cookies.js';
import { DeviceCookies } from '../rate-limits/device-cookies.js';
import { RefreshService } from '../sessions/refresh.service.js';
import type { Transport } from '../sessions/session.js';
import { AccessTokens } from './access-tokens.js';
import { loginAnswerDto, type LoginAnswerDto } from './dto/login-answer.dto.js';
import type { Login } from './logins.service.js';

/** Where a login comes from and how its tokens are to travel. */
export interface LoginOrigin {
  readonly userAgent: string | undefined;
  readonly ip: string;
  readonly transport: Transport;
  /** What the browser keeps of earlier logins; see DeviceCookies. */
  readonly deviceCookie: string | undefined;
}

export interface LoginExchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** As the body names it: 'cookie', or absent for tokens in the answer. */
  readonly transport: 'cookie' | undefined;
  /** False for a refresh, which makes no device known. */
  readonly isLogin?: boolean;
  /** Of the answer. */
  readonly message: string;
}

/** The one way by which a login becomes an answer, whichever proof it rests on. */
@Injectable()
export class LoginAnswer {
  constructor(
    private readonly cookies: SessionCookies,
    private readonly csrf: CsrfTokens,
    private readonly tokens: AccessTokens,
    private readonly refreshes: RefreshService,
    private readonly devices: DeviceCookies,
  ) {}

  /**
   * Asks `prove` for the login and answers with its tokens, or sets them as cookies and answers without them. For
   * cookies the CSRF token is checked before anything else: nobody is logged in to an account they did not choose.
   * @throws DomainError forbidden / CSRF_TOKEN_REQUIRED or CSRF_TOKEN_INVALID, and whatever `prove` throws.
   */
  async give(
    { request, reply, transport: chosen, isLogin = true, message }: LoginExchange,
    prove: (origin: LoginOrigin) => Promise<Login>,
  ): Promise<Answer<LoginAnswerDto>> {
    const transport: Transport = chosen ?? 'token';
    reply.header('Cache-Control', 'no-store');
    if (transport === 'cookie') this.csrf.assertSent(request.headers, await this.bindingsOf(request));
    const deviceCookie = this.cookies.deviceOf(request.headers);
    const userAgent = request.headers['user-agent'];
    const login = await prove({ userAgent, ip: request.ip, transport, deviceCookie });
    if (isLogin) this.rememberDevice(request, reply, login.user.email);
    if (transport === 'cookie') this.cookies.set(reply, login);
    return answer(message, loginAnswerDto(login, transport));
  }

  /** After somebody proved with this browser that the account is theirs: see DeviceCookies. */
  rememberDevice({ headers }: FastifyRequest, reply: FastifyReply, email: string): void {
    this.cookies.setDevice(reply, this.devices.remember(this.cookies.deviceOf(headers), email));
  }

  /** The session that the access cookie speaks for; undefined when there is none or its token is no longer good. */
  async sessionOf({ headers }: FastifyRequest): Promise<SessionId | undefined> {
    const token = this.cookies.accessTokenOf(headers);
    if (token === undefined) return undefined;
    return this.tokens.verify(token).then(
      ({ sessionId }) => sessionId,
      () => undefined,
    );
  }

  /** What the browser's CSRF token may be bound to: its nonce, or a session that its cookies speak for. */
  private async bindingsOf(request: FastifyRequest): Promise<CsrfBinding[]> {
    const nonce = this.cookies.nonceOf(request.headers);
    const refreshToken = this.cookies.refreshTokenOf(request.headers);
    const sessions = [
      await this.sessionOf(request),
      refreshToken === undefined ? undefined : this.refreshes.sessionOf(refreshToken),
    ];
    return [
      ...(nonce === undefined ? [] : [{ kind: 'nonce', nonce } as const]),
      ...sessions.flatMap((id) => (id === undefined ? [] : [{ kind: 'session', id } as const])),
    ];
  }
}
