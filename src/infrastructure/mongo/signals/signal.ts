import { isCacheKey, type CacheKey } from '../../../common/cache-key.js';
import {
  apiKeyIds,
  roleIds,
  sessionIds,
  userIds,
  type ApiKeyId,
  type RoleId,
  type SessionId,
  type UserId,
} from '../../../common/ids.js';

/**
 * What has changed so that no process may go on by what it remembers. 'session' and 'api-key': ended for good.
 * 'user': what is remembered of this user's state and roles. 'role': what is remembered of the roles' permissions.
 * 'cache': what is remembered under this key.
 */
export type Signal =
  | { readonly kind: 'session'; readonly id: SessionId }
  | { readonly kind: 'api-key'; readonly id: ApiKeyId }
  | { readonly kind: 'user'; readonly id: UserId }
  | { readonly kind: 'role'; readonly id: RoleId }
  | { readonly kind: 'cache'; readonly id: CacheKey };

/** What ends for good, and so is remembered until nothing can refer to it any more. */
export type EndingKind = Extract<Signal['kind'], 'session' | 'api-key'>;

export const signalKinds = [
  'session',
  'api-key',
  'user',
  'role',
  'cache',
] as const satisfies readonly Signal['kind'][];

/** From what was stored or sent; undefined for anything that is no signal of this release. */
export function signalOf(kind: unknown, id: unknown): Signal | undefined {
  switch (kind) {
    case 'session':
      return sessionIds.is(id) ? { kind, id } : undefined;
    case 'api-key':
      return apiKeyIds.is(id) ? { kind, id } : undefined;
    case 'user':
      return userIds.is(id) ? { kind, id } : undefined;
    case 'role':
      return roleIds.is(id) ? { kind, id } : undefined;
    case 'cache':
      return isCacheKey(id) ? { kind, id } : undefined;
    default:
      return undefined;
  }
}
