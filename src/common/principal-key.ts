import type { Principal } from './principal.js';

const namesOf = new WeakMap<Principal['permissions'], string>();

/**
 * Equal for principals that are shown the same: the same login or API key, with the same permissions. For whatever keeps
 * an answer for whom it was made.
 */
export function principalKey(principal: Principal): string {
  const { kind, userId, permissions } = principal;
  const by = principal.kind === 'user' ? principal.sessionId : principal.keyId;
  let names = namesOf.get(permissions);
  // Who holds the same roles shares one set, so that this is done once for many requests.
  if (names === undefined) namesOf.set(permissions, (names = [...permissions].toSorted().join(' ')));
  return `${kind} ${userId} ${by} ${names}`;
}

export function isPrincipal(value: object): value is Principal {
  return 'userId' in value && 'permissions' in value && value.permissions instanceof Set;
}
