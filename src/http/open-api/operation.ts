import type { OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];
export type OperationObject = NonNullable<PathItem['get']>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const safe: ReadonlySet<string> = new Set(['get']);

/** One operation of the document, and what its access decorator said of it. */
export interface Operation {
  readonly path: string;
  readonly object: OperationObject;
  readonly isPublic: boolean;
  /** Health, metrics and keys: no credentials, no limits. */
  readonly isProbe: boolean;
  /** Changes something. */
  readonly isWrite: boolean;
  /** One of these is needed; undefined when a login is enough. */
  readonly permissions: readonly string[] | undefined;
  readonly takesKeys: boolean;
  readonly isIdempotent: boolean;
}

export function operationsOf({ paths }: OpenAPIObject): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const object = item[method];
      return object === undefined ? [] : [operationOf(path, method, object)];
    }),
  );
}

function operationOf(path: string, method: string, object: OperationObject): Operation {
  const extensions = new Map<string, unknown>(Object.entries(object));
  const access = extensions.get('x-access');
  const alternatives = extensions.get('x-permissions');
  const permissions = Array.isArray(alternatives) ? alternatives.map(String) : undefined;
  return {
    path,
    object,
    isPublic: access === 'public',
    isProbe: access === 'probe',
    isWrite: !safe.has(method),
    permissions,
    takesKeys: permissions !== undefined || extensions.get('x-api-key') === true,
    isIdempotent: (object.parameters ?? []).some(
      (parameter) => 'name' in parameter && parameter.name === 'Idempotency-Key',
    ),
  };
}
