import { HttpException, HttpStatus } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const jsonRanges = new Set(['*/*', 'application/*', 'application/json']);
const weightOfNothing = /^q=0(?:\.0{1,3})?$/;

/** Whether a client takes application/json (RFC 9110, section 12.5.1). */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return true;
  return accept.split(',').some((part) => {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    return jsonRanges.has(range) && !parameters.some((parameter) => weightOfNothing.test(parameter));
  });
}

/** The API answers JSON only; its docs and what is not an API route choose for themselves. @throws 406. */
export function assertAcceptable(request: FastifyRequest): void {
  // The route rather than the target, which can be spelled in many ways; without a route only the target is there.
  const path = request.routeOptions.url ?? request.url;
  if (path.startsWith('/api/') && !acceptsJson(request.headers.accept)) {
    throw new HttpException('Not acceptable', HttpStatus.NOT_ACCEPTABLE);
  }
}
