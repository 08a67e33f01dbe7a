import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { JWK } from 'jose';
import { authConfig } from '../../config/auth.config.js';
import type { SigningKey } from '../../config/signing-keys.js';

/** The keys of the access tokens: the first of the settings signs, all of them verify. */
@Injectable()
export class TokenKeys {
  readonly signing: SigningKey;
  private readonly keys: ReadonlyMap<string, SigningKey>;

  constructor(@Inject(authConfig.KEY) { privateKeys }: ConfigType<typeof authConfig>) {
    const keys = privateKeys ?? [makeKey()];
    const [first] = keys;
    if (first === undefined) throw new Error('JWT_PRIVATE_KEYS has no key');
    this.signing = first;
    this.keys = new Map(keys.map((key) => [key.kid, key]));
  }

  find(kid: string): SigningKey | undefined {
    return this.keys.get(kid);
  }

  /** The public halves (RFC 7517), for whoever verifies our tokens elsewhere. */
  publicKeySet(): { keys: JWK[] } {
    const keys = [...this.keys.values()].map(({ kid, publicKey }): JWK => {
      const { x = '' } = publicKey.export({ format: 'jwk' });
      return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' };
    });
    return { keys };
  }
}

function makeKey(): SigningKey {
  new Logger(TokenKeys.name).warn(
    'JWT_PRIVATE_KEYS is not set: a key was made for this process alone. Its tokens end with it, and no other process takes them.',
  );
  return { kid: `start-${randomBytes(6).toString('hex')}`, ...generateKeyPairSync('ed25519') };
}
