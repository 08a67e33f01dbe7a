import { createHash } from 'node:crypto';
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
  return hash(`${owner} ${key}`);
}

/** Equal for requests that ask for the same: one route, one query, and bodies of equal values in any order of fields. */
export function fingerprintOf(request: {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}): string {
  return hash(`${request.method} ${request.url}\n${JSON.stringify(request.body, inOrder) ?? ''}`);
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
