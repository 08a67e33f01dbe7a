import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, getSchemaPath, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { FailureDto } from './failure.dto.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

/** The code of a request that came while the first with its Idempotency-Key was still running. */
const inProgress = 'IDEMPOTENCY_KEY_IN_PROGRESS';
const keyScheme = 'X-API-Key';
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

export function createOpenApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('Nexus Backend')
    .setDescription('Users, roles, logins, background jobs, health. Every answer under /api is an envelope.')
    .setVersion('1')
    .addBearerAuth()
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, keyScheme)
    .build();
  const document = SwaggerModule.createDocument(app, description, { extraModels: [FailureDto] });
  for (const [path, item] of Object.entries(document.paths)) {
    if (!path.startsWith('/api/')) continue;
    for (const method of methods) {
      addCommonFailures(path, item[method]);
      addKeys(item[method]);
    }
  }
  return document;
}

/** What every route of the API may answer, so that no controller has to repeat it. Its own words are kept. */
function addCommonFailures(path: string, operation: Operation | undefined): void {
  if (operation === undefined) return;
  const failures: Record<string, string | undefined> = {
    400: 'The request is malformed: INVALID_ID, VALIDATION_FAILED',
    401: isPublic(operation) ? undefined : 'UNAUTHENTICATED',
    403: neededPermissions(operation),
    406: 'NOT_ACCEPTABLE: only application/json can be answered',
    413: operation.requestBody && 'PAYLOAD_TOO_LARGE',
    415: operation.requestBody && 'UNSUPPORTED_MEDIA_TYPE',
    409: isIdempotent(operation) ? inProgress : undefined,
    422: isIdempotent(operation) ? 'IDEMPOTENCY_KEY_REUSED: another request had this key' : undefined,
    503: 'SERVICE_UNAVAILABLE: try again after Retry-After seconds',
  };
  for (const [status, description] of Object.entries(failures)) {
    if (description === undefined || (status === '400' && !takesInput(path, operation))) continue;
    operation.responses[status] ??= {
      description,
      content: { 'application/json': { schema: { $ref: getSchemaPath(FailureDto) } } },
    };
  }
  const conflict = operation.responses['409'];
  if (isIdempotent(operation) && conflict !== undefined && 'description' in conflict) {
    const { description } = conflict;
    if (!description.includes(inProgress)) conflict.description = `${description} or ${inProgress}`;
  }
}

function isIdempotent({ parameters = [] }: Operation): boolean {
  return parameters.some((parameter) => 'name' in parameter && parameter.name === 'Idempotency-Key');
}

/** Keys reach what asks for a permission, and what says so itself. */
function addKeys(operation: Operation | undefined): void {
  if (operation?.security === undefined) return;
  const takesKeys =
    neededPermissions(operation) !== undefined || extensionOf(operation, 'x-api-key') === true;
  if (takesKeys) operation.security.push({ [keyScheme]: [] });
}

function extensionOf(operation: Operation, name: string): unknown {
  return Object.entries(operation).find(([key]) => key === name)?.[1];
}

function isPublic(operation: Operation): boolean {
  return extensionOf(operation, 'x-access') === 'public';
}

function neededPermissions(operation: Operation): string | undefined {
  const alternatives = extensionOf(operation, 'x-permissions');
  return Array.isArray(alternatives) ? `FORBIDDEN: this needs ${alternatives.join(' or ')}` : undefined;
}

function takesInput(path: string, operation: Operation): boolean {
  return path.includes('{') || operation.requestBody !== undefined || (operation.parameters ?? []).length > 0;
}

/** GET /docs for people and GET /docs/openapi.json for programs. */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => createOpenApiDocument(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    yamlDocumentUrl: 'docs/openapi.yaml',
    customSiteTitle: 'Nexus Backend API',
  });
}
