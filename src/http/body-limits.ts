import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

export interface BodyLimits {
  readonly bytes: number;
  /** JSON values, each object, array and scalar counted once. */
  readonly values: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Absent: those that hold for every route. */
    bodyLimits?: BodyLimits;
  }
}

/** Limits of a route's own, for a body that is large by its nature. */
export const BodyLimits = (bodyLimits: BodyLimits): MethodDecorator => RouteConfig({ bodyLimits });

/** Must be called before the routes are registered. */
export function honourBodyLimits(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const bytes = route.config?.bodyLimits?.bytes;
    if (bytes !== undefined) route.bodyLimit = bytes;
  });
}
