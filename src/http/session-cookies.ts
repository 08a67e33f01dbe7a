import type { IncomingHttpHeaders } from 'node:http';
import type { CookieSerializeOptions } from '@fastify/cookie';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { cookieNames, cookieOf, isSecure } from './cookie-names.js';

const everywhere: CookieSerializeOptions = {
  path: '/',
  httpOnly: true,
  secure: isSecure,
  sameSite: 'strict',
};
/** Sent where it is of use, and nowhere else. */
const toAuth: CookieSerializeOptions = { ...everywhere, path: '/api/auth' };

/** Seconds; browsers keep no cookie for longer. */
const deviceAge = 400 * 24 * 3_600;

export interface SessionTokens {
  readonly accessToken: string;
  /** Seconds until the access token ends. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  /** Seconds until the refresh token ends. */
  readonly refreshExpiresIn: number;
}

/** The tokens of a session as a browser carries them: out of reach of the page's scripts. */
@Injectable()
export class SessionCookies {
  set(reply: FastifyReply, { accessToken, expiresIn, refreshToken, refreshExpiresIn }: SessionTokens): void {
    reply
      .setCookie(cookieNames.access, accessToken, { ...everywhere, maxAge: expiresIn })
      .setCookie(cookieNames.refresh, refreshToken, { ...toAuth, maxAge: refreshExpiresIn });
  }

  /** Takes the cookies of a login back; does nothing when the request came by other credentials. */
  clear({ headers }: FastifyRequest, reply: FastifyReply): void {
    if (this.accessTokenOf(headers) === undefined) return;
    reply.clearCookie(cookieNames.access, everywhere).clearCookie(cookieNames.refresh, toAuth);
  }

  /** What a CSRF token is bound to while nobody is logged in. Ends with the browser. */
  setNonce(reply: FastifyReply, nonce: string): void {
    reply.setCookie(cookieNames.csrf, nonce, everywhere);
  }

  /** By which this browser is known again at the next login, whichever way it carries its tokens. */
  setDevice(reply: FastifyReply, value: string): void {
    reply.setCookie(cookieNames.device, value, { ...toAuth, maxAge: deviceAge });
  }

  deviceOf({ cookie }: IncomingHttpHeaders): string | undefined {
    return cookieOf(cookie, cookieNames.device);
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
