import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import type { RegistrationId, UserId } from '../../common/ids.js';
import { tokenLifetimes, type TokenProof, type TokenPurpose } from './one-time-token.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

export interface IssuedToken {
  /** 43 characters of base64url. Goes into the mail and is kept nowhere. */
  readonly token: string;
  readonly expiresAt: Date;
}

const everyPurpose = Object.keys(tokenLifetimes).filter(
  (name): name is TokenPurpose => name in tokenLifetimes,
);

/** Proofs that somebody read a mail. Only their hashes are stored. */
@Injectable()
export class OneTimeTokensService {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly clock: Clock,
  ) {}

  /** A further token; those issued before stay valid, because one of them may have been mailed. */
  async issue(proof: TokenProof): Promise<IssuedToken> {
    const token = randomBytes(32).toString('base64url');
    const createdAt = this.clock.now();
    const expireAt = new Date(createdAt.getTime() + tokenLifetimes[proof.purpose]);
    await this.tokens.insert({ ...proof, hash: hashOf(token), createdAt, expireAt });
    return { token, expiresAt: expireAt };
  }

  /**
   * What the token proves, without using it up.
   * @throws DomainError invalid / INVALID_ONE_TIME_TOKEN when it never was, has expired, was used, or is for something
   * else.
   */
  async read<Purpose extends TokenPurpose>(
    token: string,
    purposes: readonly Purpose[],
  ): Promise<TokenProof & { readonly purpose: Purpose }> {
    const proof = await this.tokens.find(hashOf(token), this.clock.now());
    if (proof === null || !isFor(proof, purposes)) throw invalidToken();
    return proof;
  }

  /**
   * Uses the token up. Inside the unit of work of what it allows, so that both happen or neither.
   * @throws DomainError invalid / INVALID_ONE_TIME_TOKEN when somebody was faster.
   */
  async use(token: string): Promise<void> {
    if (!(await this.tokens.delete(hashOf(token)))) throw invalidToken();
  }

  /** Joins the running unit of work. */
  async endAllOf(
    subject: UserId | RegistrationId,
    purposes: readonly TokenPurpose[] = everyPurpose,
  ): Promise<void> {
    await this.tokens.deleteAllOf(subject, purposes);
  }
}

export function invalidToken(): DomainError {
  return new DomainError('invalid', 'INVALID_ONE_TIME_TOKEN', 'The link is invalid or has expired', {
    errors: [{ path: 'token', message: 'is invalid or has expired' }],
  });
}

function isFor<Purpose extends TokenPurpose>(
  proof: TokenProof,
  purposes: readonly Purpose[],
): proof is TokenProof & { readonly purpose: Purpose } {
  return purposes.some((purpose) => purpose === proof.purpose);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
