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

/** An example of the body that each route wants, put together from those of its fields. */
export function exampleBodies(document: Json): Map<string, unknown> {
  const examples = new Map<string, unknown>();
  for (const { route, operation } of operationsOf(document)) {
    const schema = operation.requestBody?.content?.['application/json']?.schema;
    if (schema !== undefined) examples.set(route, exampleOf(schema, document));
  }
  return examples;
}

function exampleOf(schema: Json, document: Json): unknown {
  const { example, $ref, allOf, oneOf, properties, items } = schema;
  if (example !== undefined) return example;
  if ($ref !== undefined) {
    const name = String($ref).split('/').at(-1) ?? '';
    return exampleOf(document.components?.schemas?.[name] ?? {}, document);
  }
  const [first] = listOf(oneOf ?? allOf);
  if (first !== undefined) return exampleOf(first, document);
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(([name, property]) => [
      name,
      exampleOf(property ?? {}, document),
    ]);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  if (items !== undefined) return [exampleOf(items, document)];
  const [choice] = listOf(schema.enum);
  return choice ?? schema.default;
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
