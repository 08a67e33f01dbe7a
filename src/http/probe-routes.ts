import type { FastifyRequest } from 'fastify';

/** Requests of monitors: they pass the hooks that serve users. What guards skip is declared by @Probe(). */
export function isProbe(request: Pick<FastifyRequest, 'url'>): boolean {
  return request.url.startsWith('/health');
}
