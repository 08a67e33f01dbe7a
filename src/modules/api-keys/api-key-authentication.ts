import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { ApiKeyPrincipal } from '../../common/principal.js';
import { requestContext, type RequestContext } from '../../common/request-context.js';
import { ApiKeyVerifier } from './api-key-verifier.js';
import { KeyActivity } from './key-activity.js';
import { OldKeyUses } from './old-key-uses.js';
import type { VerifiedKey } from './verified-key.js';

/** From the key of a request to who is asking, with what a use of it entails. */
interface Caller {
  readonly address: string;
  readonly context: RequestContext | undefined;
}

@Injectable()
export class ApiKeyAuthentication {
  constructor(
    private readonly verifier: ApiKeyVerifier,
    private readonly activity: KeyActivity,
    private readonly oldKeys: OldKeyUses,
  ) {}

  /**
   * At once for a key that is remembered, without a promise: that would cost more than its work. Throws, or rejects
   * with, DomainError unauthenticated / API_KEY_REQUIRED, INVALID_API_KEY or API_KEY_EXPIRED; forbidden /
   * IP_NOT_ALLOWED, only to who has the right key; the driver's error when it cannot be known.
   */
  principalOf(key: string, caller: Caller): ApiKeyPrincipal | Promise<ApiKeyPrincipal> {
    const verified = this.verifier.verify(key);
    return verified instanceof Promise
      ? verified.then((found) => this.admit(found, caller))
      : this.admit(verified, caller);
  }

  private admit(
    { principal, networks, isReplaced }: VerifiedKey,
    { address, context }: Caller,
  ): ApiKeyPrincipal {
    if (networks?.has(address) === false) {
      // So that the refusal is told of the key and not of a stranger.
      if (context !== undefined) context.principal = principal;
      throw new DomainError('forbidden', 'IP_NOT_ALLOWED', 'This API key cannot be used from your address');
    }
    this.activity.used(principal.keyId);
    if (isReplaced) {
      if (context === undefined) void this.oldKeys.noticed(principal);
      else void requestContext.run(context, () => this.oldKeys.noticed(principal));
    }
    return principal;
  }
}
