import type { FastifyInstance, RouteOptions } from 'fastify';
import { vi } from 'vitest';
import { AllowedMethods } from '../../src/http/allowed-methods.js';

const answered = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** What the docs' own page loads. */
const docs = /^\/docs(\/|$)/;

/**
 * Every route that Fastify itself is given from now on, as 'GET /api/users/:id': what an application really answers,
 * whichever decorator or plugin it comes from. HEAD follows GET. Call it before the application is made.
 */
export function listenForRoutes(): Set<string> {
  const routes = new Set<string>();
  const { watch } = AllowedMethods.prototype;
  // The first thing that is done with a new Fastify, long before its routes.
  vi.spyOn(AllowedMethods.prototype, 'watch').mockImplementation(function (
    this: AllowedMethods,
    fastify: FastifyInstance,
  ) {
    fastify.addHook('onRoute', ({ method, url }: RouteOptions & { url: string }) => {
      for (const one of [method].flat()) {
        if (answered.includes(one) && !docs.test(url)) routes.add(`${one} ${url}`);
      }
    });
    watch.call(this, fastify);
  });
  return routes;
}
