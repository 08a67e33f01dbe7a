import { isDeepStrictEqual } from 'node:util';
import type { AuditChanges } from '../audit/audit-entry.js';
import type { NewUser, PartialUser, SafeUser, UserState } from './user.types.js';

/** The fields that would differ afterwards, for the audit; none when the wish changes nothing. */
export function changesBetween(
  user: SafeUser,
  wish: PartialUser & Partial<Pick<UserState, 'status'>>,
): AuditChanges {
  return Object.fromEntries(
    Object.entries(wish).flatMap(([field, to]) => {
      const from: unknown = Reflect.get(user, field);
      return isDeepStrictEqual(from, to) ? [] : [[field, { from, to }]];
    }),
  );
}

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
