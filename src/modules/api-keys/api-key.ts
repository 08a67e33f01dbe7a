import type { ApiKeyId, UserId } from '../../common/ids.js';
import type { PermissionName, Quota, RateLimit } from '../../common/principal.js';

/** A key as the repository knows it; of the key itself only a hash is stored, and that never leaves it. */
export interface ApiKey {
  readonly id: ApiKeyId;
  readonly userId: UserId;
  readonly name: string;
  /** The first 7 characters of the key, for people to tell keys apart by. */
  readonly prefix: string;
  /** What it was given; what it may do is that which its owner still holds of it. */
  readonly permissions: readonly PermissionName[];
  /** Addresses and CIDR ranges that it may be used from; none: anywhere. */
  readonly allowedIps: readonly string[];
  readonly rateLimit: RateLimit | null;
  readonly quota: Quota | null;
  /** Under which its requests count against the quota: the id of the first key of a chain of rotations. */
  readonly quotaId: ApiKeyId;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date;
  /** Milliseconds that it was made for: what a rotation gives its successor. */
  readonly lifetime: number;
  /** Set when it was ended before its time, with its owner. */
  readonly endedAt: Date | null;
  /** The successor of a rotation. */
  readonly rotatedTo: ApiKeyId | null;
  /** Counts the changes of what clients see; the ETag is made of it. */
  readonly revision: number;
  readonly createdAt: Date;
}

export type NewApiKey = Omit<ApiKey, 'lastUsedAt' | 'endedAt' | 'rotatedTo' | 'revision'> & {
  readonly hash: string;
};

export type ApiKeyChanges = Partial<
  Pick<ApiKey, 'name' | 'permissions' | 'allowedIps' | 'rateLimit' | 'quota'>
>;

export const apiKeySortFields = ['createdAt', 'expiresAt', 'name'] as const;
export type ApiKeySortField = (typeof apiKeySortFields)[number];

export function isActive(key: Pick<ApiKey, 'endedAt' | 'expiresAt'>, now: Date): boolean {
  return key.endedAt === null && key.expiresAt > now;
}
