import type { RoleId } from '../../common/ids.js';
import type { SafeUser } from './user.types.js';

/** The user with the names of their roles; a role that has none is gone. */
export function withRoleNames(user: SafeUser, nameOf: (id: RoleId) => string | undefined): SafeUser {
  const roles = user.roles.flatMap(({ id }) => {
    const name = nameOf(id);
    return name === undefined ? [] : [{ id, name }];
  });
  return { ...user, roles };
}
