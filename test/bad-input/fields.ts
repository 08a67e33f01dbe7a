import { exampleOf, type Operation, type Schema } from './document.js';
import { alternativesOf } from './ground.js';

/** A place in a body, by the path that an answer names it by: ['data', 'to']. */
export interface Field {
  readonly path: readonly string[];
  readonly schema: Schema;
  readonly required: boolean;
}

/** A body that the route takes. `field` is the one that somebody is about to write into it. */
export function bodyOf(operation: Operation, field?: string): Record<string, unknown> {
  const { required = [], properties = {} } = operation.body ?? {};
  const choices = alternativesOf(operation);
  const choice = choices.slice(0, field !== undefined && choices.includes(field) ? 0 : 1);
  const names = [...required, ...choice];
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name] ?? {})]));
}

/** Every field of the body, and every field of what is in it. */
export function fieldsOf({ body }: Operation): Field[] {
  return body === undefined ? [] : within(body, []);
}

function within({ properties = {}, required = [] }: Schema, parent: readonly string[]): Field[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = [...parent, name];
    const own = { path, schema, required: required.includes(name) };
    if (schema.type !== 'array') return [own, ...within(schema, path)];
    const element = { path: [...path, '0'], schema: schema.items ?? {}, required: true };
    return [own, element, ...within(element.schema, element.path)];
  });
}

/** The body with something else in that place. What is around the place is made when it is not there. */
export function withValue(operation: Operation, { path }: Field, value: unknown): unknown {
  const place = (schema: Schema, around: unknown, [name, ...rest]: readonly string[]): unknown => {
    if (name === undefined) return value;
    const { items = {}, properties = {} } = schema;
    if (schema.type === 'array') return [place(items, exampleOf(items), rest)];
    const inner = properties[name] ?? {};
    return { ...Object(around), [name]: place(inner, exampleOf(inner), rest) };
  };
  return place(operation.body ?? {}, bodyOf(operation, path[0]), path);
}
