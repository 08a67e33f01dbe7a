import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Clock } from '../../common/clock.js';
import { DomainError, type FieldError } from '../../common/domain-error.js';
import type { RoleId, UserId } from '../../common/ids.js';
import type { PermissionName, Principal, RateLimit } from '../../common/principal.js';
import { limitsConfig } from '../../config/limits.config.js';
import { permissionCatalogue } from '../roles/permission-catalogue.js';
import { RolesService } from '../roles/roles.service.js';
import { ActingRules } from '../users/acting-rules.js';
import type { ApiKey } from './api-key.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { isBelow, rateTooHigh } from './rate-ceiling.js';

export const mostKeys = 100;
/** A rotation must not fail because all keys are in use, and must not be a way around their number either. */
const most = { creation: mostKeys, rotation: 2 * mostKeys } as const;

const manage: PermissionName = 'api-keys:manage';
const catalogue: ReadonlySet<string> = new Set(permissionCatalogue);

/** Who may do what with whose keys, and what a key may be given. */
@Injectable()
export class ApiKeyRules {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly acting: ActingRules,
    private readonly roles: RolesService,
    private readonly clock: Clock,
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
  ) {}

  maySee(principal: Principal, { userId }: ApiKey): boolean {
    return userId === principal.userId || principal.permissions.has(manage);
  }

  /** @throws DomainError forbidden / FORBIDDEN. */
  assertMayList(principal: Principal, userId: UserId): void {
    if (userId === principal.userId || principal.permissions.has(manage)) return;
    throw new DomainError('forbidden', 'FORBIDDEN', `This needs the permission ${manage}`);
  }

  /** Of a key that the principal may see. @throws DomainError forbidden / PERMISSION_NOT_HELD for a stronger user's. */
  async assertMayChange(principal: Principal, { userId }: ApiKey): Promise<void> {
    if (userId === principal.userId) return;
    await this.acting.userToActOn(principal, userId, { withDeleted: true });
  }

  /** What a key is to be given. @throws DomainError forbidden / RATE_LIMIT_TOO_HIGH. */
  assertMayGive({ permissions }: Principal, rateLimit: RateLimit | null | undefined): void {
    const ceiling = this.limits.principal;
    if (ceiling === null || !rateLimit || permissions.has(manage)) return;
    if (!isBelow(ceiling, rateLimit)) throw rateTooHigh(ceiling);
  }

  /** Inside a unit of work that has locked the holder. @throws DomainError conflict / TOO_MANY_API_KEYS. */
  async assertRoomFor(userId: UserId, what: keyof typeof most): Promise<void> {
    if ((await this.keys.countActive(userId, this.clock.now())) < most[what]) return;
    throw new DomainError(
      'conflict',
      'TOO_MANY_API_KEYS',
      `A user has at most ${most[what]} active API keys: delete one first`,
    );
  }

  /** @throws DomainError invalid / PERMISSION_NOT_FOUND; forbidden / PERMISSION_NOT_HELD. */
  async permissionsFor(
    roleIds: readonly RoleId[],
    wanted: readonly string[],
  ): Promise<readonly PermissionName[]> {
    const held = await this.roles.permissionsOf(roleIds);
    const unknown: FieldError[] = [];
    const lacking: FieldError[] = [];
    wanted.forEach((name, index) => {
      const path = `permissions.${index}`;
      if (!catalogue.has(name)) unknown.push({ path, message: 'there is no such permission' });
      else if (!isHeld(held, name)) lacking.push({ path, message: 'the owner of the key does not hold it' });
    });
    if (unknown.length > 0) {
      throw new DomainError('invalid', 'PERMISSION_NOT_FOUND', 'Permission not found', { errors: unknown });
    }
    if (lacking.length > 0) {
      throw new DomainError(
        'forbidden',
        'PERMISSION_NOT_HELD',
        'An API key can hold no permission that its owner does not hold',
        { errors: lacking },
      );
    }
    return [...held].filter((name) => wanted.includes(name)).toSorted();
  }
}

function isHeld(held: ReadonlySet<string>, name: string): boolean {
  return held.has(name);
}
