import type { ApiKeyId, RoleId, SessionId, UserId } from '../../../common/ids.js';

/**
 * What has changed so that no process may go on by what it remembers. 'session' and 'api-key': ended for good.
 * 'user': what is remembered of this user's state and roles. 'role': what is remembered of the roles' permissions.
 */
export type Signal =
  | { readonly kind: 'session'; readonly id: SessionId }
  | { readonly kind: 'api-key'; readonly id: ApiKeyId }
  | { readonly kind: 'user'; readonly id: UserId }
  | { readonly kind: 'role'; readonly id: RoleId };

export const signalKinds = [
  'session',
  'api-key',
  'user',
  'role',
] as const satisfies readonly Signal['kind'][];
