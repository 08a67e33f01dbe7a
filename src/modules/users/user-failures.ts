import { DomainError } from '../../common/domain-error.js';
import { DuplicateEmailError } from './users.repository.js';

export function userNotFound(): DomainError {
  return new DomainError('not-found', 'USER_NOT_FOUND', 'User not found');
}

export function staleUser(): DomainError {
  return new DomainError('stale', 'PRECONDITION_FAILED', 'The user has been changed since it was read');
}

export function emailTaken(): DomainError {
  return new DomainError('conflict', 'EMAIL_TAKEN', 'A user with this e-mail address exists already', {
    errors: [{ path: 'email', message: 'is taken' }],
  });
}

export function rethrowTaken(error: unknown): never {
  throw error instanceof DuplicateEmailError ? emailTaken() : error;
}
