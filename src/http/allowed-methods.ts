import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import createRouter from 'find-my-way';

const answeredMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof answeredMethods)[number];

/** Which methods a path answers: what a 405 must tell (RFC 9110, section 15.5.6). */
@Injectable()
export class AllowedMethods {
  private readonly router = createRouter();

  /** Must be called before the routes are registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      const methods = [method].flat();
      // A plugin's catch-all does not make every path known.
      if (url.includes('*')) return;
      for (const known of answeredMethods) {
        if (methods.includes(known) && !this.router.hasRoute(known, url))
          this.router.on(known, url, () => undefined, { parameters: url.split(':').length });
      }
    });
  }

  /** The methods of a request target; empty when no route has that path at all. */
  of(target: string): Method[] {
    const [path = '/'] = target.split('?');
    const found = answeredMethods.flatMap((method) => {
      const route = this.router.find(method, path);
      // '/users/' is no '/users/:id'.
      if (route === null || Object.values(route.params).includes('')) return [];
      return { method, parameters: Number(route.store?.parameters) };
    });
    // '/users/me' is a path of its own, and not only one of '/users/:id'.
    const fewest = Math.min(...found.map(({ parameters }) => parameters));
    return found.filter(({ parameters }) => parameters === fewest).map(({ method }) => method);
  }
}
