import { createHmac, hkdfSync, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Clock } from '../../../common/clock.js';
import type { UserId } from '../../../common/ids.js';
import { httpConfig } from '../../../config/http.config.js';
import { CodeFailuresRepository } from './code-failures.repository.js';
import { LoginCodesRepository } from './login-codes.repository.js';

const lifetime = 10 * 60_000;
const triesPerCode = 5;
const failuresPerDay = 10;

/** For a process without a secret, which production refuses: API and worker in one process still agree. */
const keyOfThisProcess = randomBytes(32);

export interface IssuedCode {
  /** Six digits. Goes into the mail and is kept nowhere. */
  readonly code: string;
  readonly expiresAt: Date;
}

/** Six digits that were mailed to a user, good for one login. */
@Injectable()
export class LoginCodesService {
  private readonly key: Buffer;

  constructor(
    private readonly codes: LoginCodesRepository,
    private readonly failures: CodeFailuresRepository,
    private readonly clock: Clock,
    @Inject(httpConfig.KEY) { cursorSecret }: ConfigType<typeof httpConfig>,
  ) {
    // A key of its own, made of a secret that API and worker share; RFC 5869.
    this.key = Buffer.from(hkdfSync('sha256', cursorSecret ?? keyOfThisProcess, '', 'login codes', 32));
  }

  /** A new code; the one before stops working. */
  async issue(userId: UserId): Promise<IssuedCode> {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const createdAt = this.clock.now();
    const expireAt = new Date(createdAt.getTime() + lifetime);
    await this.codes.replace(userId, { hash: this.hashOf(userId, code), createdAt, expireAt });
    return { code, expiresAt: expireAt };
  }

  /**
   * Whether the code is the user's; a try of it is lost if not. The same work for an address without an account: give
   * an id that nobody has.
   */
  async isRight(email: string, userId: UserId, code: string): Promise<boolean> {
    const now = this.clock.now();
    if (!(await this.failures.reserve(email, failuresPerDay, now))) return false;
    const given = this.hashOf(userId, code);
    const expected = await this.codes.takeTry(userId, triesPerCode, now);
    const matches = timingSafeEqual(Buffer.from(given), Buffer.from(expected ?? '0'.repeat(given.length)));
    if (expected === null || !matches) return false;
    await this.failures.refund(email);
    return true;
  }

  /**
   * Uses up a code that is right. Inside the unit of work of what it allows: false when somebody was faster, or what
   * ends all codes of the user.
   */
  async use(userId: UserId, code: string): Promise<boolean> {
    return this.codes.delete(userId, this.hashOf(userId, code));
  }

  /** Joins the running unit of work. */
  async endAllOf(userId: UserId): Promise<void> {
    await this.codes.deleteAllOf(userId);
  }

  private hashOf(userId: UserId, code: string): string {
    return createHmac('sha256', this.key).update(`${userId}:${code}`).digest('hex');
  }
}
