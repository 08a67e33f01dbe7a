import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { serveOnlyDocsFiles } from './docs-files.js';
import { FailureDto } from './failure.dto.js';
import { tagContent } from './http-cache/not-modified.js';
import { addCaching } from './open-api/caching.js';
import { addBodyExamples } from './open-api/examples.js';
import { addFailures } from './open-api/failures.js';
import { operationsOf } from './open-api/operation.js';
import { addIdParameters } from './open-api/parameters.js';
import { addSecurity, addSecuritySchemes } from './open-api/security.js';

export function createOpenApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const description = addSecuritySchemes(
    new DocumentBuilder()
      .setTitle('Nexus Backend')
      .setDescription(
        'Users, roles, logins, background jobs, health. Every answer under /api is an envelope.',
      )
      .setVersion('1'),
  ).build();
  const document = SwaggerModule.createDocument(app, description, { extraModels: [FailureDto] });
  for (const operation of operationsOf(document)) {
    addIdParameters(operation);
    addSecurity(operation);
    addFailures(operation);
    addBodyExamples(document, operation);
    addCaching(operation);
  }
  return document;
}

const json = 'docs/openapi.json';

/** GET /docs for people and GET /docs/openapi.json for programs. */
export function serveDocs(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  serveOnlyDocsFiles(fastify);
  // By far the largest answer of all, the same until the next release: programs look whether it is still that.
  fastify.addHook('onRoute', (route) => {
    if (route.url === `/${json}`) tagContent(route);
  });
  SwaggerModule.setup('docs', app, () => createOpenApiDocument(app), {
    jsonDocumentUrl: json,
    yamlDocumentUrl: 'docs/openapi.yaml',
    customSiteTitle: 'Nexus Backend API',
  });
}
