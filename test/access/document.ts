import type { Json } from '../support/client.js';

/** An operation of the OpenAPI document, under the name that the route has elsewhere: 'GET /api/users/:id'. */
export interface Documented {
  readonly route: string;
  readonly operation: Json;
}

export function operationsOf(document: Json): Documented[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).flatMap(([method, operation]) => {
      const route = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
      return operation === undefined ? [] : [{ route, operation }];
    }),
  );
}

/** The examples of the body that an operation takes, by their names; undefined when it takes none. */
export function examplesOf({ operation }: Documented): Record<string, unknown> | undefined {
  if (operation.requestBody === undefined) return undefined;
  const { example, examples } = operation.requestBody.content?.['application/json'] ?? {};
  if (example !== undefined) return { '': example };
  return Object.fromEntries(Object.entries(examples ?? {}).map(([name, one]) => [name, one?.value]));
}

/** One example of the body of each route that takes one. */
export function exampleBodies(document: Json): Map<string, unknown> {
  return new Map(
    operationsOf(document).flatMap((documented): [string, unknown][] => {
      const [example] = Object.values(examplesOf(documented) ?? {});
      return example === undefined ? [] : [[documented.route, example]];
    }),
  );
}
