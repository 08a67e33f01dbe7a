import { NotFoundException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { routeOf } from './route-of.js';

/** What the page asks for. The package that it comes from holds much else: sources, maps, its own package.json. */
const files = new Set([
  'favicon-16x16.png',
  'favicon-32x32.png',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'swagger-ui.css',
]);

/** Serves of the folder behind /docs what the page of it needs. */
export function serveOnlyDocsFiles(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (routeOf(request) !== '/docs/*') return done();
    const [path = ''] = (request.raw.url ?? '').split('?');
    done(files.has(path.replace(/^\/docs\//, '')) ? undefined : new NotFoundException());
  });
}
