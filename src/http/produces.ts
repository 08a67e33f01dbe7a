import { RouteConfig } from '@nestjs/platform-fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types that the route answers beside application/json. */
    produces?: readonly string[];
  }
}

/** Says that a route answers other media types as well, so that a client may ask for them by Accept. */
export const Produces = (...produces: readonly string[]): MethodDecorator => RouteConfig({ produces });
