import { HttpException, HttpStatus } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import './produces.js';

const jsonRanges = new Set(['*/*', 'application/*', 'application/json']);
const weightOfNothing = /^q=0(?:\.0{1,3})?$/;

/** Whether a client takes application/json, or one of the other types (RFC 9110, section 12.5.1). */
export function acceptsJson(accept: string | undefined, others: readonly string[] = []): boolean {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return true;
  return accept.split(',').some((part) => {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    if (parameters.some((parameter) => weightOfNothing.test(parameter))) return false;
    return (
      jsonRanges.has(range) || others.some((type) => range === type || range === `${type.split('/')[0]}/*`)
    );
  });
}

/**
 * The API answers JSON, and what a route declares by @Produces; its docs and what is not an API route choose for
 * themselves. @throws 406.
 */
export function assertAcceptable(request: FastifyRequest): void {
  const { accept } = request.headers;
  if (acceptsJson(accept)) return;
  const { url, config } = request.routeOptions;
  // The route rather than the target, which can be spelled in many ways; without a route only the target is there.
  const path = url ?? request.url;
  if (path.startsWith('/api/') && !acceptsJson(accept, config?.produces)) {
    throw new HttpException('Not acceptable', HttpStatus.NOT_ACCEPTABLE);
  }
}
