import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '../common/domain-error.js';

const bearer = /^bearer +([\w.~+/-]+=*) *$/i;

/** What a request says of who it comes from; nothing of it is proven yet. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'apiKey'; readonly key: string };

const none: Credentials = { kind: 'none' };

/**
 * The credentials of a request, of one kind only: a bearer token (RFC 6750, section 2.1) or an API key.
 * @throws DomainError invalid / TWO_CREDENTIALS; unauthenticated / INVALID_TOKEN or INVALID_API_KEY when they are malformed.
 */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  const { authorization } = headers;
  const key = headers['x-api-key'];
  if (authorization !== undefined && key !== undefined) {
    throw new DomainError('invalid', 'TWO_CREDENTIALS', 'Send either Authorization or X-API-Key, not both');
  }
  if (key !== undefined) {
    if (typeof key === 'string') return { kind: 'apiKey', key };
    throw new DomainError('unauthenticated', 'INVALID_API_KEY', 'Invalid API key');
  }
  if (authorization === undefined) return none;
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined) {
    throw new DomainError('unauthenticated', 'INVALID_TOKEN', 'Authorization must be: Bearer <access token>');
  }
  return { kind: 'bearer', token };
}
