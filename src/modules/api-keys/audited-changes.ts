import type { AuditChanges } from '../audit/audit-entry.js';

/** The named fields as they were and as they are. */
export function changed(before: object, after: object): AuditChanges {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(after).map(([field, to]) => [
      field,
      old.has(field) ? { from: old.get(field), to } : { to },
    ]),
  );
}
