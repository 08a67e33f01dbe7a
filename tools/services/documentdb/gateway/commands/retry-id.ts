import type { Request } from '../request.js';

/**
 * The id under which the engine records a retryable write in the write's own transaction, so that it is not done twice
 * even when the engine or the gateway went away before the answer; null for all else.
 */
export function retryId(request: Request): string | null {
  if (request.inTransaction || request.transactionNumber === null || request.session === '') return null;
  return `${Buffer.from(request.session, 'latin1').toString('base64')}:${request.transactionNumber}`;
}
