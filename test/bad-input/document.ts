/** What is read here of the OpenAPI document. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

export interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly schema: Schema;
}

interface DocumentedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly 'x-access'?: string;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** A route with, if it takes one, one kind of body. */
export interface Operation {
  /** 'PUT /api/users/{id}', and what kind of body when there are several. */
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly isProbe: boolean;
  readonly parameters: readonly Parameter[];
  /** Without references. */
  readonly body?: Schema;
}

export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([name, operation]) => {
      const method = name.toUpperCase();
      const schema = operation.requestBody?.content['application/json'].schema;
      const common = {
        method,
        path,
        isProbe: operation['x-access'] === 'probe',
        parameters: operation.parameters ?? [],
      };
      const title = `${method} ${path}`;
      if (schema === undefined) return [{ ...common, title }];
      const body = resolved(schema, document);
      return body.oneOf === undefined
        ? [{ ...common, title, body }]
        : body.oneOf.map((kind) => ({ ...common, title: `${title} (${kind.title})`, body: kind }));
    }),
  );
}

/** The schema with what it refers to in place of each reference. */
function resolved(schema: Schema, document: ApiDocument): Schema {
  const { $ref, allOf = [], oneOf, properties, items, ...own } = schema;
  const name = $ref?.split('/').at(-1);
  const parts = [...(name === undefined ? [] : [document.components.schemas[name] ?? {}]), ...allOf];
  return {
    ...Object.assign({}, ...parts.map((part) => resolved(part, document))),
    ...own,
    ...(oneOf !== undefined && { oneOf: oneOf.map((kind) => resolved(kind, document)) }),
    ...(items !== undefined && { items: resolved(items, document) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [key, resolved(value, document)]),
      ),
    }),
  };
}

/** A value that the schema allows; of an object only what is required. */
export function exampleOf(schema: Schema): unknown {
  if (schema.type === 'object' && schema.properties !== undefined) {
    const { properties, required = [] } = schema;
    return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name] ?? {})]));
  }
  if (schema.example !== undefined) return schema.example;
  if (schema.type === 'array') return [exampleOf(schema.items ?? {})];
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.format === 'date-time') return '2030-01-31T09:00:00Z';
  return { integer: schema.minimum ?? 1, boolean: false, string: 'a' }[schema.type ?? 'string'];
}
