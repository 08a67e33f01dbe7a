import { HttpException, HttpStatus } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const servesJson = /(?:^|,)\s*(?:\*\/\*|application\/(?:\*|json))\s*(?:;[^,]*)?(?=,|$)/i;
const refusedByWeight = /(?:^|,)\s*(?:\*\/\*|application\/(?:\*|json))\s*;[^,]*\bq=0(?:\.0{1,3})?\s*(?=,|$)/i;

/** Whether a client takes application/json (RFC 9110, section 12.5.1). */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*' || accept.startsWith('application/json')) return true;
  return servesJson.test(accept) && !refusedByWeight.test(accept);
}

/** The API answers JSON only; its docs and what is not an API route choose for themselves. @throws 406. */
export function assertAcceptable(request: FastifyRequest): void {
  if (request.url.startsWith('/api/') && !acceptsJson(request.headers.accept)) {
    throw new HttpException('Not acceptable', HttpStatus.NOT_ACCEPTABLE);
  }
}
