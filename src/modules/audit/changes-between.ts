import { isDeepStrictEqual } from 'node:util';
import type { AuditChanges } from './audit-entry.js';

/** The fields of `after` that differ from `before`, as they were, if they were there, and as they are. */
export function changesBetween(before: object, after: object): AuditChanges {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(after).flatMap(([field, to]) => {
      if (!old.has(field)) return [[field, { to }]];
      const from = old.get(field);
      return isDeepStrictEqual(from, to) ? [] : [[field, { from, to }]];
    }),
  );
}
