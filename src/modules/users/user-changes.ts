import type { AuditChanges } from '../audit/audit-entry.js';
import type { NewUser } from './user.types.js';

/** What a new user starts with, for the audit. */
export function beginningOf({ email, name, age, status, roles }: NewUser): AuditChanges {
  return {
    email: { to: email },
    name: { to: name },
    ...(age !== null && { age: { to: age } }),
    status: { to: status },
    roles: { to: roles },
  };
}

/** Role ids before and after. */
export function rolesChange(from: readonly string[], to: readonly string[]): AuditChanges {
  return { roles: { from: [...from], to: [...to] } };
}
