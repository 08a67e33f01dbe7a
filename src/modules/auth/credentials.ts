import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '../../common/domain-error.js';

const bearer = /^bearer +([\w.~+/-]+=*) *$/i;

/**
 * The bearer token of a request (RFC 6750, section 2.1).
 * @throws DomainError invalid / TWO_CREDENTIALS, unauthenticated / UNAUTHENTICATED, INVALID_TOKEN or INVALID_API_KEY.
 */
export function bearerTokenOf(headers: IncomingHttpHeaders): string {
  const { authorization } = headers;
  const apiKey = headers['x-api-key'];
  if (authorization !== undefined && apiKey !== undefined) {
    throw new DomainError('invalid', 'TWO_CREDENTIALS', 'Send either Authorization or X-API-Key, not both');
  }
  if (apiKey !== undefined) throw new DomainError('unauthenticated', 'INVALID_API_KEY', 'Invalid API key');
  if (authorization === undefined) {
    throw new DomainError('unauthenticated', 'UNAUTHENTICATED', 'Authentication required');
  }
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined) {
    throw new DomainError('unauthenticated', 'INVALID_TOKEN', 'Authorization must be: Bearer <access token>');
  }
  return token;
}
