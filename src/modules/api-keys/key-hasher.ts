import { createHmac, randomBytes, createSecretKey } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { apiKeysConfig } from '../../config/api-keys.config.js';
import type { Pepper } from '../../config/peppers.js';

/** What is stored of a key: 256 random bits need no slow hash, and without the pepper a stolen database is no use. */
@Injectable()
export class KeyHasher {
  private readonly peppers: readonly Pepper[];
  private readonly making: Pepper;

  constructor(@Inject(apiKeysConfig.KEY) { peppers }: ConfigType<typeof apiKeysConfig>) {
    this.peppers = peppers ?? [makePepper()];
    const [first] = this.peppers;
    if (first === undefined) throw new Error('API_KEY_PEPPERS has no pepper');
    this.making = first;
  }

  /** What a new key is stored under. */
  hash(key: string): string {
    return hashOf(key, this.making);
  }

  /** What a key may be stored under: one hash a pepper. */
  candidates(key: string): readonly string[] {
    return this.peppers.map((pepper) => hashOf(key, pepper));
  }
}

function hashOf(key: string, pepper: Pepper): string {
  return `${pepper.version}:${createHmac('sha256', pepper.key).update(key).digest('base64url')}`;
}

function makePepper(): Pepper {
  new Logger(KeyHasher.name).warn(
    'API_KEY_PEPPERS is not set: a pepper was made for this process alone. No API key that is made under it works after it, or in another process.',
  );
  return { version: 'start', key: createSecretKey(randomBytes(32)) };
}
