import type { RoleId } from '../../common/ids.js';

/**
 * Who knows whether somebody holds a role. Roles are below users, so users tell by `RolesService.askHolders(this)`
 * instead of being imported here.
 */
export abstract class RoleHolders {
  abstract isRoleHeld(id: RoleId): Promise<boolean>;
  /** Takes a role that is gone from whoever was given it at the moment of its deletion. */
  abstract releaseRole(id: RoleId): Promise<void>;
}
