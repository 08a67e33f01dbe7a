import { Injectable } from '@nestjs/common';
import { duplicateKeyFields } from '../../infrastructure/mongo/database-errors.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { permissionCatalogue, systemRoles, type SystemRole } from './permission-catalogue.js';
import { PermissionsRepository } from './permissions.repository.js';
import { permissionName, type Role } from './role.js';
import { RolesRepository } from './roles.repository.js';

const attempts = 5;

/** Brings the permissions and the system roles of this release into the database. */
@Injectable()
export class RoleSeeds {
  constructor(
    private readonly permissions: PermissionsRepository,
    private readonly roles: RolesRepository,
    private readonly signals: Signals,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** May run at any time, any number of times, in several processes at once. */
  async run(): Promise<void> {
    await untilAlone(() => this.permissions.seed(permissionCatalogue.map(partsOf)));
    const ids = new Map((await this.permissions.all()).map((found) => [permissionName(found), found.id]));
    const existing = new Map((await this.roles.all()).map((role) => [role.name, role]));
    for (const role of systemRoles) {
      if (isSeeded(role, existing.get(role.name))) continue;
      const permissions = role.permissions.flatMap((name) => ids.get(name) ?? []);
      await untilAlone(() => this.seed({ ...role, permissions }));
    }
  }

  private seed(role: Parameters<RolesRepository['seed']>[0]): Promise<void> {
    return this.unitOfWork.run(async () => {
      const id = await this.roles.seed(role);
      // Processes of the release before, which run on for a while, remember the role as it was.
      await this.signals.emit({ kind: 'role', id });
    });
  }
}

/** A signal would end every open stream of events: where nothing changes, none is sent. */
function isSeeded(role: SystemRole, found: Role | undefined): boolean {
  const held = new Set(found?.permissions.map(permissionName));
  return (
    found?.isSystem === true &&
    found.description === role.description &&
    role.permissions.every((name) => held.has(name))
  );
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
