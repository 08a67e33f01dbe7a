import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import type { RegistrationId } from '../../../common/ids.js';
import type { RegistrationAttempt } from './registration-attempt.js';
import { RegistrationAttemptsRepository } from './registration-attempts.repository.js';

const lifetime = 24 * 60 * 60 * 1_000;

/** Registrations that wait for the proof that their address is theirs. Any number of them may want one address. */
@Injectable()
export class RegistrationAttemptsService {
  constructor(
    private readonly attempts: RegistrationAttemptsRepository,
    private readonly clock: Clock,
  ) {}

  /** Joins the running unit of work. */
  async add(attempt: Omit<RegistrationAttempt, 'createdAt' | 'expireAt'>): Promise<void> {
    const createdAt = this.clock.now();
    await this.attempts.insert({
      ...attempt,
      createdAt,
      expireAt: new Date(createdAt.getTime() + lifetime),
    });
  }

  /** Null when it has expired, or when its address has found its owner. */
  find(id: RegistrationId): Promise<RegistrationAttempt | null> {
    return this.attempts.find(id, this.clock.now());
  }

  latestOf(email: string): Promise<RegistrationAttempt | null> {
    return this.attempts.findLatest(email, this.clock.now());
  }

  count(email: string): Promise<number> {
    return this.attempts.count(email, this.clock.now());
  }

  /** The address has found its owner: every attempt for it is over. Joins the running unit of work. */
  async endAllOf(email: string): Promise<void> {
    await this.attempts.deleteAllOf(email);
  }
}
