import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { UserId } from '../../common/ids.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

const lifetimes = { invitation: 7 * 24 * 60 * 60 * 1_000 } as const;

export interface IssuedToken {
  /** 43 characters of base64url. Goes into the mail and is kept nowhere. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** Proofs that somebody read a mail. Only their hashes are stored. */
@Injectable()
export class OneTimeTokensService {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly clock: Clock,
  ) {}

  /** A further token for this user; those issued before stay valid, because one of them may have been mailed. */
  async issue(purpose: keyof typeof lifetimes, userId: UserId): Promise<IssuedToken> {
    const token = randomBytes(32).toString('base64url');
    const createdAt = this.clock.now();
    const expireAt = new Date(createdAt.getTime() + lifetimes[purpose]);
    await this.tokens.insert({ purpose, userId, hash: hashOf(token), createdAt, expireAt });
    return { token, expiresAt: expireAt };
  }
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
