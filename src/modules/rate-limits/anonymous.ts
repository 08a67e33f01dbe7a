import type { IncomingHttpHeaders } from 'node:http';
import { credentialsOf } from '../../http/credentials.js';

/** Whether a request brings no credentials at all. Malformed ones are credentials: they prove invalid. */
export function isAnonymous(headers: IncomingHttpHeaders): boolean {
  if (headers.authorization !== undefined || headers['x-api-key'] !== undefined) return false;
  try {
    return credentialsOf(headers).kind === 'none';
  } catch {
    return false;
  }
}
