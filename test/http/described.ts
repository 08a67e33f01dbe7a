import type { Json } from '../support/client.js';

/** In what a value differs from the schema that describes it: one line for each place. */
export function differences(schema: Json, value: unknown, document: Json, path = '$'): string[] {
  const { $ref, oneOf, properties, items } = schema;
  if ($ref !== undefined) {
    const named = document.components?.schemas?.[String($ref).split('/').at(-1) ?? ''];
    return named === undefined ? [`${path}: no ${String($ref)}`] : differences(named, value, document, path);
  }
  if (Array.isArray(oneOf)) {
    const found: string[][] = oneOf.map((one: Json) => differences(one, value, document, path));
    return found.some((wrong) => wrong.length === 0) ? [] : (found[0] ?? []);
  }
  if (value === null) return String(schema.nullable) === 'true' ? [] : [`${path} is null`];
  if (!fitsType(String(schema.type), value))
    return [`${path} is no ${String(schema.type)}: ${JSON.stringify(value)}`];
  const choices: unknown = schema.enum;
  if (Array.isArray(choices) && !choices.includes(value)) return [`${path} is none of ${choices.join(', ')}`];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => differences(items ?? {}, item, document, `${path}[${index}]`));
  }
  // An object that is described by an example alone, such as a job's own data.
  if (properties === undefined || typeof value !== 'object') return [];
  const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return [
    ...required
      .filter((name) => !Object.hasOwn(value, String(name)))
      .map((name) => `${path}.${String(name)} is missing`),
    ...Object.entries(value).flatMap(([name, field]) => {
      const known = properties[name];
      return known === undefined
        ? [`${path}.${name} is not described`]
        : differences(known, field, document, `${path}.${name}`);
    }),
  ];
}

function fitsType(type: string, value: unknown): boolean {
  if (type === 'undefined') return true;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return type === typeof value && !Array.isArray(value);
}
