import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import bcrypt from 'bcrypt';
import { authConfig } from '../../config/auth.config.js';
import { HashingPool, hashingWorkers } from './hashing-pool.js';
import { DomainError } from '../../common/domain-error.js';
import { longestPassword, passwordRules } from './password-rules.js';

/** Milliseconds of hashing that may wait. */
const backlog = 2_000;
/** Milliseconds that one round takes on an ordinary core; replaced by what is measured. */
const durationOfRound = 0.066;
const digits = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Slow on purpose, and therefore rationed: see HashingPool. */
@Injectable()
export class PasswordHasher {
  private readonly cost: number;
  private readonly pool: HashingPool;
  /** A hash of the current cost that no password has; what an unknown account is compared with. */
  private readonly nobodysHash: string;

  constructor(@Inject(authConfig.KEY) { bcryptCost }: ConfigType<typeof authConfig>) {
    this.cost = bcryptCost;
    this.pool = new HashingPool({
      workers: hashingWorkers,
      backlog,
      expectedDuration: durationOfRound * 2 ** bcryptCost,
    });
    // The last digit of a salt and of a hash carries fewer bits: '.' is valid in both places.
    this.nobodysHash = `$2b$${String(bcryptCost).padStart(2, '0')}$${randomDigits(21)}.${randomDigits(30)}.`;
  }

  /** @throws DomainError unavailable / BUSY; invalid / WEAK_PASSWORD for what bcrypt would cut. */
  async hash(password: string): Promise<string> {
    if (isTooLong(password)) {
      const { message } = passwordRules.bytes;
      throw new DomainError('invalid', 'WEAK_PASSWORD', message, { errors: [{ path: 'password', message }] });
    }
    return this.pool.run(() => bcrypt.hash(password, this.cost));
  }

  /**
   * Whether the password is the one of the hash. Without a hash the answer is no, after the time of a comparison.
   * @throws DomainError unavailable / BUSY.
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    if (isTooLong(password)) return false;
    const matches = await this.pool.run(() => bcrypt.compare(password, hash ?? this.nobodysHash));
    return matches && hash !== null;
  }

  /** Whether the hash was made at another cost than today's. */
  isOutdated(hash: string): boolean {
    return bcrypt.getRounds(hash) !== this.cost;
  }
}

function isTooLong(password: string): boolean {
  return Buffer.byteLength(password) > longestPassword;
}

function randomDigits(count: number): string {
  return Array.from({ length: count }, () => digits[randomInt(digits.length)]).join('');
}
