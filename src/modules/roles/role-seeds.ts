import { Injectable } from '@nestjs/common';
import { duplicateKeyFields } from '../../infrastructure/mongo/database-errors.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { permissionCatalogue, systemRoles } from './permission-catalogue.js';
import { PermissionsRepository } from './permissions.repository.js';
import { permissionName } from './role.js';
import { RolesRepository } from './roles.repository.js';

const attempts = 5;

/** Brings the permissions and the system roles of this release into the database. */
@Injectable()
export class RoleSeeds {
  constructor(
    private readonly permissions: PermissionsRepository,
    private readonly roles: RolesRepository,
    private readonly signals: Signals,
  ) {}

  /** May run at any time, any number of times, in several processes at once. */
  async run(): Promise<void> {
    await untilAlone(() => this.permissions.seed(permissionCatalogue.map(partsOf)));
    const ids = new Map((await this.permissions.all()).map((found) => [permissionName(found), found.id]));
    for (const role of systemRoles) {
      const permissions = role.permissions.flatMap((name) => ids.get(name) ?? []);
      await untilAlone(() => this.roles.seed({ ...role, permissions }));
    }
    // Processes of the release before, which run on for a while, remember the roles as they were.
    const seeded = (await this.roles.all()).filter(({ isSystem }) => isSystem);
    await this.signals.emit(...seeded.map(({ id }) => ({ kind: 'role', id }) as const));
  }
}

function partsOf(name: string): { resource: string; action: string } {
  const [resource = '', action = ''] = name.split(':');
  return { resource, action };
}

/** Two upserts at once may both decide to insert: one of them fails, and finds the other's document when it repeats. */
async function untilAlone(seed: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await seed();
    } catch (error) {
      if (duplicateKeyFields(error) === undefined || attempt === attempts) throw error;
    }
  }
}
