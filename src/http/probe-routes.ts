import type { FastifyRequest } from 'fastify';

/** Requests of monitors: they pass the hooks that serve users. What guards skip is declared by @Probe(). */
export function isProbe(request: Pick<FastifyRequest, 'url'>): boolean {
  const { url } = request;
  return url.startsWith('/health') || url.startsWith('/metrics');
}
