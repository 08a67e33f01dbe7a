import { DomainError } from '../../common/domain-error.js';
import type { RateLimit } from '../../common/principal.js';
import type { Rate } from '../../config/rate-limit.js';

/**
 * Whether a key with `own` can never do more than one without a rate of its own: neither on the whole nor at once, which
 * a long window alone would let it. Without a ceiling everything is.
 */
export function isBelow(ceiling: Rate | null, { limit, windowSeconds }: RateLimit): boolean {
  if (ceiling === null) return true;
  return limit <= ceiling.limit && limit * ceiling.window <= ceiling.limit * windowSeconds * 1_000;
}

export function rateTooHigh({ limit, window }: Rate): DomainError {
  const most = `${limit} requests in ${window / 1_000} s`;
  return new DomainError(
    'forbidden',
    'RATE_LIMIT_TOO_HIGH',
    `Without api-keys:manage a key is given at most ${most}, as everybody has`,
    { errors: [{ path: 'rateLimit', message: `must not be more than ${most}` }] },
  );
}
