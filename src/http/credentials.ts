import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '../common/domain-error.js';
import { cookieNames, cookieOf } from './cookie-names.js';

const bearer = /^bearer +([\w.~+/-]+=*) *$/i;

/** What a request says of who it comes from; nothing of it is proven yet. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  /** An access token as well, but one that the browser sends by itself: a write needs a CSRF token beside it. */
  | { readonly kind: 'cookie'; readonly token: string }
  | { readonly kind: 'apiKey'; readonly key: string };

const none: Credentials = { kind: 'none' };

/**
 * The credentials of a request, of one kind only: a bearer token (RFC 6750, section 2.1), an API key, or the cookie of a
 * browser's login.
 * @throws DomainError invalid / TWO_CREDENTIALS; unauthenticated / INVALID_TOKEN or INVALID_API_KEY when they are malformed.
 */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  const { authorization } = headers;
  const key = headers['x-api-key'];
  const cookie = cookieOf(headers.cookie, cookieNames.access);
  if (authorization === undefined && key === undefined) {
    return cookie === undefined ? none : { kind: 'cookie', token: cookie };
  }
  if (cookie !== undefined || (authorization !== undefined && key !== undefined)) {
    throw new DomainError(
      'invalid',
      'TWO_CREDENTIALS',
      'Send one of Authorization, X-API-Key and the cookies of a login, not two',
    );
  }
  if (authorization !== undefined) return bearerOf(authorization);
  if (typeof key === 'string') return { kind: 'apiKey', key };
  throw new DomainError('unauthenticated', 'INVALID_API_KEY', 'Invalid API key');
}

function bearerOf(authorization: string): Credentials {
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined) {
    throw new DomainError('unauthenticated', 'INVALID_TOKEN', 'Authorization must be: Bearer <access token>');
  }
  return { kind: 'bearer', token };
}
