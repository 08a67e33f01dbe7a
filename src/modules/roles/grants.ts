import { DomainError } from '../../common/domain-error.js';
import type { PermissionName, Principal } from '../../common/principal.js';

/** Nobody gives away, or changes, what they do not hold. @throws DomainError forbidden / PERMISSION_NOT_HELD. */
export function assertHolds(principal: Principal, wanted: Iterable<PermissionName>): void {
  const lacking = [...new Set(wanted)].filter((name) => !principal.permissions.has(name)).toSorted();
  if (lacking.length > 0) {
    throw new DomainError(
      'forbidden',
      'PERMISSION_NOT_HELD',
      `This needs permissions that you do not hold: ${lacking.join(', ')}`,
    );
  }
}
