import { DomainError } from '../../common/domain-error.js';
import { inSeconds } from './limit-headers.js';

/** `wait` in milliseconds. */
export function tooManyRequests(wait: number): DomainError {
  return new DomainError('too-many', 'RATE_LIMITED', 'Too many requests, please try again later.', {
    retryAfter: inSeconds(wait),
  });
}

/** `wait` in milliseconds. */
export function tooManyLoginAttempts(wait: number): DomainError {
  return new DomainError(
    'too-many',
    'TOO_MANY_LOGIN_ATTEMPTS',
    'Too many login attempts, please try again later.',
    { retryAfter: inSeconds(wait) },
  );
}
