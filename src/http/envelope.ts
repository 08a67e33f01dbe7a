import { Answer } from './answer.js';

/** What a client is sent for an Answer; anything else as it is. */
export function envelopeOf(payload: unknown, statusCode: number): unknown {
  if (!(payload instanceof Answer)) return payload;
  const { message, data, pagination } = payload;
  return { statusCode, message, success: true, data, ...(pagination !== undefined && { pagination }) };
}
