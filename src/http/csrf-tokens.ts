import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { DomainError } from '../common/domain-error.js';
import type { SessionId } from '../common/ids.js';
import { httpConfig } from '../config/http.config.js';

/** What a token is good for: one session, or the browser that was given the nonce. */
export type CsrfBinding =
  { readonly kind: 'session'; readonly id: SessionId } | { readonly kind: 'nonce'; readonly nonce: string };

/** What a page must know, and another site's page cannot: HMAC(CSRF_SECRET, session or nonce). */
@Injectable()
export class CsrfTokens {
  private readonly key: string | Buffer;

  constructor(@Inject(httpConfig.KEY) { csrfSecret }: ConfigType<typeof httpConfig>) {
    this.key = csrfSecret ?? randomBytes(32);
  }

  tokenFor(binding: CsrfBinding): string {
    const subject = binding.kind === 'session' ? `session:${binding.id}` : `nonce:${binding.nonce}`;
    return createHmac('sha256', this.key).update(subject).digest('base64url');
  }

  /**
   * A write that a browser's cookies vouch for needs the token of one of the bindings in X-CSRF-Token.
   * @throws DomainError forbidden / CSRF_TOKEN_REQUIRED or CSRF_TOKEN_INVALID.
   */
  assertSent(headers: IncomingHttpHeaders, bindings: readonly CsrfBinding[]): void {
    const sent = headers['x-csrf-token'];
    if (typeof sent !== 'string' || sent === '') {
      throw new DomainError(
        'forbidden',
        'CSRF_TOKEN_REQUIRED',
        'Requests with cookies need X-CSRF-Token: GET /api/csrf-token tells it',
      );
    }
    const given = Buffer.from(sent);
    const isGood = bindings.some((binding) => {
      const wanted = Buffer.from(this.tokenFor(binding));
      return wanted.length === given.length && timingSafeEqual(wanted, given);
    });
    if (!isGood) {
      throw new DomainError(
        'forbidden',
        'CSRF_TOKEN_INVALID',
        'X-CSRF-Token is not of this session: ask GET /api/csrf-token again',
      );
    }
  }
}
