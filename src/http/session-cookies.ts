import type { IncomingHttpHeaders } from 'node:http';
import type { CookieSerializeOptions } from '@fastify/cookie';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Clock } from '../common/clock.js';
import { cookieNames, cookieOf, isSecure } from './cookie-names.js';

const everywhere: CookieSerializeOptions = {
  path: '/',
  httpOnly: true,
  secure: isSecure,
  sameSite: 'strict',
};
/** Sent where it is of use, and nowhere else. */
const toAuth: CookieSerializeOptions = { ...everywhere, path: '/api/auth' };

export interface SessionTokens {
  readonly accessToken: string;
  /** Seconds until the access token ends. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly refreshExpiresAt: Date;
}

/** The tokens of a session as a browser carries them: out of reach of the page's scripts. */
@Injectable()
export class SessionCookies {
  constructor(private readonly clock: Clock) {}

  set(reply: FastifyReply, { accessToken, expiresIn, refreshToken, refreshExpiresAt }: SessionTokens): void {
    const refreshAge = Math.max(
      0,
      Math.floor((refreshExpiresAt.getTime() - this.clock.now().getTime()) / 1_000),
    );
    reply
      .setCookie(cookieNames.access, accessToken, { ...everywhere, maxAge: expiresIn })
      .setCookie(cookieNames.refresh, refreshToken, { ...toAuth, maxAge: refreshAge });
  }

  clear(reply: FastifyReply): void {
    reply.clearCookie(cookieNames.access, everywhere).clearCookie(cookieNames.refresh, toAuth);
  }

  /** What a CSRF token is bound to while nobody is logged in. Ends with the browser. */
  setNonce(reply: FastifyReply, nonce: string): void {
    reply.setCookie(cookieNames.csrf, nonce, everywhere);
  }

  accessTokenOf({ cookie }: IncomingHttpHeaders): string | undefined {
    return cookieOf(cookie, cookieNames.access);
  }

  refreshTokenOf({ cookie }: IncomingHttpHeaders): string | undefined {
    return cookieOf(cookie, cookieNames.refresh);
  }

  nonceOf({ cookie }: IncomingHttpHeaders): string | undefined {
    return cookieOf(cookie, cookieNames.csrf);
  }
}
