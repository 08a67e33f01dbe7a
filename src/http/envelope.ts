import { Answer } from './answer.js';
import { jsonOfLasting } from './lasting-data.js';

/** What a client is sent for an Answer; anything else as it is. */
export function envelopeOf(payload: unknown, statusCode: number): unknown {
  if (!(payload instanceof Answer)) return payload;
  const { message, data, pagination } = payload;
  return { statusCode, message, success: true, data, ...(pagination !== undefined && { pagination }) };
}

/** The same as JSON, of which data that was written before is not written again. */
export function writtenEnvelopeOf(payload: unknown, statusCode: number): string {
  if (payload instanceof Answer && payload.pagination === undefined) {
    const data = jsonOfLasting(payload.data);
    if (data !== undefined) {
      const message = JSON.stringify(payload.message);
      return `{"statusCode":${statusCode},"message":${message},"success":true,"data":${data}}`;
    }
  }
  return JSON.stringify(envelopeOf(payload, statusCode));
}
