import { DomainError } from '../../common/domain-error.js';

export function keyNotFound(): DomainError {
  return new DomainError('not-found', 'API_KEY_NOT_FOUND', 'API key not found');
}

export function keyStale(): DomainError {
  return new DomainError('stale', 'PRECONDITION_FAILED', 'The API key has been changed since it was read');
}

export function keyEnded(): DomainError {
  return new DomainError('conflict', 'API_KEY_ENDED', 'This API key has ended: make a new one');
}

export function rotatedAlready(): DomainError {
  return new DomainError(
    'conflict',
    'API_KEY_ROTATED',
    'This API key has been rotated already: rotate its successor',
  );
}

export function ownerGone(): DomainError {
  return new DomainError('conflict', 'OWNER_NOT_ACTIVE', 'The owner of this API key is not active');
}
