import { NotFoundException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

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
  fastify.addHook('onRequest', ({ routeOptions, raw }, _reply, done) => {
    if (routeOptions.url !== '/docs/*') return done();
    const [path = ''] = (raw.url ?? '').split('?');
    done(files.has(path.replace(/^\/docs\//, '')) ? undefined : new NotFoundException());
  });
}
