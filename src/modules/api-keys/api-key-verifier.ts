import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import type { ApiKeyPrincipal, PermissionName } from '../../common/principal.js';
import { RolesService } from '../roles/roles.service.js';
import { AccountsService } from '../users/accounts.service.js';
import { AllowedNetworks } from './allowed-networks.js';
import type { ApiKey } from './api-key.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { isWellFormed } from './key-format.js';
import { KeyHasher } from './key-hasher.js';
import { RememberedKeys } from './remembered-keys.js';
import type { VerifiedKey } from './verified-key.js';

/** A key that is being read, for all requests that came with it meanwhile. */
interface Load {
  /** That of RememberedKeys at which it began. */
  readonly moment: number;
  readonly key: Promise<VerifiedKey>;
}

/** From the text of a key to who is asking, and what its owner still lets it do. */
@Injectable()
export class ApiKeyVerifier {
  private readonly loads = new Map<string, Load>();

  constructor(
    @Inject(ApiKeysRepository) private readonly keys: Pick<ApiKeysRepository, 'findByHash'>,
    private readonly hasher: KeyHasher,
    private readonly remembered: RememberedKeys,
    @Inject(AccountsService) private readonly accounts: Pick<AccountsService, 'accountOf'>,
    @Inject(RolesService) private readonly roles: Pick<RolesService, 'permissionsOf'>,
    private readonly clock: Clock,
  ) {}

  /**
   * At once for a key that is remembered, and for one that can be none: neither asks the database.
   * @throws DomainError unauthenticated / API_KEY_REQUIRED, INVALID_API_KEY or API_KEY_EXPIRED.
   */
  verify(text: string): VerifiedKey | Promise<VerifiedKey> {
    if (text === '') throw new DomainError('unauthenticated', 'API_KEY_REQUIRED', 'API key required');
    if (!isWellFormed(text)) throw invalid();
    const name = hash('sha256', text, 'base64');
    const known = this.remembered.get(name);
    return known === undefined ? this.find(text, name) : this.live(known);
  }

  private async find(text: string, name: string): Promise<VerifiedKey> {
    const { moment } = this.remembered;
    let load = this.loads.get(name);
    // Not one that began before a signal: it may have read what holds no longer.
    if (load?.moment !== moment) {
      load = { moment, key: this.load(text, name, moment) };
      this.loads.set(name, load);
    }
    try {
      return this.live(await load.key);
    } finally {
      if (this.loads.get(name) === load) this.loads.delete(name);
    }
  }

  private live(key: VerifiedKey): VerifiedKey {
    if (key.expiresAt <= this.clock.now()) {
      throw new DomainError('unauthenticated', 'API_KEY_EXPIRED', 'API key expired');
    }
    return key;
  }

  private async load(text: string, name: string, moment: number): Promise<VerifiedKey> {
    const key = await this.keys.findByHash(this.hasher.candidates(text));
    if (key === null || key.endedAt !== null) throw invalid();
    const account = await this.accounts.accountOf(key.userId);
    if (account?.status !== 'active') throw invalid();
    const verified = verifiedKey(key, await this.roles.permissionsOf(account.roleIds));
    this.remembered.set(name, verified, moment);
    return verified;
  }
}

function verifiedKey(key: ApiKey, held: ReadonlySet<PermissionName>): VerifiedKey {
  const { id, userId, permissions, allowedIps, rateLimit, quota, quotaId } = key;
  const principal: ApiKeyPrincipal = {
    kind: 'apiKey',
    userId,
    keyId: id,
    permissions: new Set(permissions.filter((name) => held.has(name))),
    ...(rateLimit !== null && { rateLimit }),
    ...(quota !== null && { quota: { ...quota, quotaId } }),
  };
  return {
    principal,
    networks: allowedIps.length === 0 ? undefined : new AllowedNetworks(allowedIps),
    expiresAt: key.expiresAt,
    isReplaced: key.rotatedTo !== null,
  };
}

function invalid(): DomainError {
  return new DomainError('unauthenticated', 'INVALID_API_KEY', 'Invalid API key');
}
