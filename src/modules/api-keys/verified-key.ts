import type { ApiKeyPrincipal } from '../../common/principal.js';
import type { AllowedNetworks } from './allowed-networks.js';

/** A key that proved right, and what of its request still has to fit. */
export interface VerifiedKey {
  readonly principal: ApiKeyPrincipal;
  /** undefined: it may be used from anywhere. */
  readonly networks: AllowedNetworks | undefined;
  readonly expiresAt: Date;
  /** Whether it has a successor. */
  readonly isReplaced: boolean;
}
