import type { Operation } from './operation.js';

const ofMongo = { type: 'string', pattern: '^[0-9a-f]{24}$', example: '665f1c2e9b1e8a0012345678' };

/** A branded id is no type at run time, so the library leaves such parameters of a path out. */
export function addIdParameters({ path, object }: Operation): void {
  const described = new Set(
    (object.parameters ?? []).flatMap((parameter) =>
      'in' in parameter && parameter.in === 'path' ? [parameter.name] : [],
    ),
  );
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const missing = names
    .filter((name) => !described.has(name))
    .map((name) => ({ name, in: 'path' as const, required: true, schema: { ...ofMongo } }));
  if (missing.length > 0) object.parameters = [...missing, ...(object.parameters ?? [])];
}
