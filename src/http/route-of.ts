import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** What `routeOf` found out; null for a request that no route answers. */
    routePattern?: string | null;
  }
}

/**
 * The pattern of the request's route, such as /api/users/:id; undefined for a request that no route answers. Asked for
 * several times a request, and Fastify makes an object of twelve fields each time.
 */
export function routeOf(request: FastifyRequest): string | undefined {
  request.routePattern ??= request.routeOptions.url ?? null;
  return request.routePattern ?? undefined;
}
