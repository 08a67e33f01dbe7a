import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { RoleId } from '../../common/ids.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import type { RoleHolders } from '../roles/role-holders.js';
import { RolesService } from '../roles/roles.service.js';
import { RoleHoldersRepository } from './role-holders.repository.js';

/** Tells the roles who holds them, and keeps users from holding one that is gone. */
@Injectable()
export class RoleHoldings implements RoleHolders, OnModuleInit {
  constructor(
    private readonly holders: RoleHoldersRepository,
    private readonly roles: RolesService,
    private readonly signals: Signals,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.roles.askHolders(this);
  }

  async isRoleHeld(role: RoleId): Promise<boolean> {
    return (await this.holders.count(role)) > 0;
  }

  /** Whoever is left without any role gets the default one. */
  async releaseRole(role: RoleId): Promise<void> {
    const substitute = await this.roles.defaultRoleId();
    await this.unitOfWork.run(async () => {
      const ids = await this.holders.release(role, substitute);
      await this.signals.emit(...ids.map((id) => ({ kind: 'user', id }) as const));
    });
  }

  /**
   * After the commit that gave somebody roles without a lock on them. A role may have been deleted meanwhile: its
   * deletion looks for holders before and after its own commit, so that one of the two finds the other.
   */
  async releaseGone(roles: readonly RoleId[]): Promise<void> {
    for (const role of await this.roles.goneOf(roles)) await this.releaseRole(role);
  }
}
