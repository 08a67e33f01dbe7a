import type { OpenAPIObject } from '@nestjs/swagger';
import type { Operation } from './operation.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Schemas[string];
type SchemaObject = Exclude<Schema, { $ref: string }>;

/**
 * An example of the whole body of a request, so that a page which tries one out begins with what works. Of the fields
 * that may be left out it has those that have an example of their own.
 */
export function addBodyExamples(document: OpenAPIObject, { object }: Operation): void {
  const { requestBody } = object;
  if (requestBody === undefined || '$ref' in requestBody) return;
  const media = requestBody.content['application/json'];
  if (media?.schema === undefined) return;
  const schemas = document.components?.schemas ?? {};
  const schema = resolve(media.schema, schemas);
  if (schema.oneOf === undefined) {
    media.example ??= exampleOf(schema, schemas);
    return;
  }
  media.examples ??= Object.fromEntries(
    schema.oneOf.map((alternative) => {
      const one = resolve(alternative, schemas);
      return [
        one.title ?? '',
        { ...(one.description && { summary: one.description }), value: exampleOf(one, schemas) },
      ];
    }),
  );
}

function exampleOf(schema: SchemaObject, schemas: Schemas): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.properties !== undefined) return exampleOfFields(schema.properties, schema.required, schemas);
  if (schema.items !== undefined) return [exampleOf(resolve(schema.items, schemas), schemas)];
  const [part] = schema.allOf ?? [];
  if (part !== undefined) return exampleOf(resolve(part, schemas), schemas);
  return schema.enum?.[0] ?? schema.default;
}

function exampleOfFields(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
  schemas: Schemas,
): unknown {
  const fields = Object.entries(properties).flatMap(([name, property]): [string, unknown][] => {
    const schema = resolve(property, schemas);
    return required.includes(name) || schema.example !== undefined
      ? [[name, exampleOf(schema, schemas)]]
      : [];
  });
  return Object.fromEntries(fields);
}

function resolve(schema: Schema, schemas: Schemas): SchemaObject {
  if (!('$ref' in schema)) return schema;
  const found = schemas[schema.$ref.split('/').at(-1) ?? ''];
  if (found === undefined) throw new Error(`the document has no ${schema.$ref}`);
  return resolve(found, schemas);
}
