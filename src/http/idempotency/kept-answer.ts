import type { FastifyReply } from 'fastify';
import { DomainError, type ErrorKind } from '../../common/domain-error.js';
import type { KeptAnswer } from '../../infrastructure/mongo/idempotency/idempotency-key.schema.js';
import { Answer } from '../answer.js';
import { failureOfDomain } from '../failure.js';

/** Answers that tell of the moment, not of what was asked: the next attempt may have another. */
const passing: ReadonlySet<ErrorKind> = new Set(['unauthenticated', 'forbidden', 'too-many', 'unavailable']);
const keptHeaders = ['etag', 'location'] as const;

/** What a handler's answer shows but once. */
export interface ShownOnce {
  /** A field of `data`: it is never stored. */
  readonly field: string;
  /** The message of a replayed answer, which says that the field is missing. */
  readonly message: string;
}

export function keepAnswer(
  { message, data, pagination }: Answer<unknown>,
  reply: Pick<FastifyReply, 'statusCode' | 'getHeaders'>,
  shownOnce: ShownOnce | undefined,
): KeptAnswer {
  const headers = reply.getHeaders();
  const kept =
    shownOnce === undefined
      ? { message, data }
      : { message: shownOnce.message, data: without(data, shownOnce.field) };
  return {
    statusCode: reply.statusCode,
    headers: Object.fromEntries(
      keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
    ),
    body: JSON.stringify({ ...kept, ...(pagination !== undefined && { pagination }) }),
  };
}

/** undefined for what is not kept: 401, 403, 429 and everything that is no fault of the request's. */
export function keepFailure(error: unknown, requestId: string): KeptAnswer | undefined {
  if (!(error instanceof DomainError) || passing.has(error.kind)) return undefined;
  const failure = failureOfDomain(error, requestId);
  return { statusCode: failure.statusCode, headers: {}, body: JSON.stringify(failure) };
}

/** What a handler would have returned for it; a failure goes out as it is. */
export function payloadOf({ statusCode, body }: KeptAnswer): unknown {
  const content: Pick<Answer<unknown>, 'message' | 'data' | 'pagination'> = JSON.parse(body);
  return statusCode < 400 ? new Answer(content.message, content.data, content.pagination) : content;
}

function without(data: unknown, field: string): unknown {
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== field));
}
