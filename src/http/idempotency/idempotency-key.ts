import { createHash, createHmac } from 'node:crypto';
import { DomainError } from '../../common/domain-error.js';
import type { Principal } from '../../common/principal.js';

const visibleAscii = /^[\x21-\x7e]{1,255}$/;

/** @throws DomainError invalid / INVALID_IDEMPOTENCY_KEY for anything but 1 to 255 visible ASCII characters. */
export function assertIdempotencyKey(header: string | readonly string[]): string {
  if (typeof header === 'string' && visibleAscii.test(header)) return header;
  throw new DomainError(
    'invalid',
    'INVALID_IDEMPOTENCY_KEY',
    'Idempotency-Key must be 1 to 255 visible ASCII characters',
  );
}

/** Under which id a principal's key is kept: nobody meets another's. A user's logins share theirs. */
export function keptUnder(principal: Principal, key: string): string {
  const owner = principal.kind === 'user' ? `user ${principal.userId}` : `apiKey ${principal.keyId}`;
  return createHash('sha256').update(`${owner} ${key}`).digest('base64url');
}

/**
 * Equal for requests that ask for the same with the same key: one route, one query, and bodies of equal values in any
 * order of fields. With a secret, because a body may hold a password: what is stored must not help to guess it.
 */
export function fingerprintOf(
  request: { readonly method: string; readonly url: string; readonly body: unknown },
  secret: string,
): string {
  return createHmac('sha256', secret)
    .update(`${request.method} ${request.url}\n${JSON.stringify(request.body, inOrder) ?? ''}`)
    .digest('base64url');
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
