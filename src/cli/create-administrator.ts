import type { INestApplicationContext } from '@nestjs/common';
import { DatabaseIndexes } from '../infrastructure/mongo/database-indexes.js';
import { PasswordPolicy } from '../modules/auth/password-policy.js';
import { PasswordHasher } from '../modules/auth/password-hasher.js';
import { RoleSeeds } from '../modules/roles/role-seeds.js';
import { RolesService } from '../modules/roles/roles.service.js';
import { AccountsService } from '../modules/users/accounts.service.js';
import { TaskError } from './task.js';

/** @throws TaskError when the database is not prepared or the address belongs to somebody; DomainError invalid / WEAK_PASSWORD. */
export async function createAdministrator(
  context: INestApplicationContext,
  { email, password }: { email: string; password: string },
): Promise<void> {
  await context.get(PasswordPolicy).assert(password, { email, name: '' });
  // Without the unique index two accounts could share the address.
  const missing = await context.get(DatabaseIndexes).missing();
  if (missing.length > 0) {
    throw new TaskError(`The database lacks ${missing.length} indexes: run \`npm run db:sync\` first.`);
  }
  await context.get(RoleSeeds).run();
  const roleId = await context.get(RolesService).administratorRoleId();
  const passwordHash = await context.get(PasswordHasher).hash(password);
  if (!(await context.get(AccountsService).createAdministrator({ email, passwordHash, roleId }))) {
    throw new TaskError(
      `${email} belongs to an account already: have an administrator give it the role, or use another address.`,
    );
  }
}
