import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { DomainError } from '../../common/domain-error.js';
import { normalizeEmail } from '../../common/email.js';
import type { UserId } from '../../common/ids.js';
import { limitsConfig } from '../../config/limits.config.js';
import { addressBucket } from './address-bucket.js';
import { LocalBudgets } from './local-budgets.js';
import { LimitRefusals } from './limit-refusals.js';
import { SharedWindows, type Budget } from './shared-windows.js';
import { tooManyLoginAttempts } from './too-many.js';

/** How many wrong tries an account bears from all unknown devices together, as a multiple of the setting. */
const perAccount = 4;
/** How many wrong tries an address has over all accounts, as a multiple of the setting. */
const perAddress = 10;

/** A secret that somebody claims to know. Wrong passwords at a login leave the budget for codes untouched. */
export type Attempt =
  | {
      readonly act: 'login' | 'otp';
      readonly email: string;
      readonly address: string;
      /** What DeviceCookies recognised for this e-mail address; undefined for an unknown device. */
      readonly device: string | undefined;
    }
  /** Somebody logged in who proves once more that the account is theirs. */
  | { readonly act: 'confirm'; readonly userId: UserId };

interface Reservation {
  refund(): Promise<void>;
}

const unlimited: Reservation = { refund: async () => undefined };

/**
 * Bounds how often a secret may be guessed. A try is paid before the secret is checked, so that parallel ones cannot
 * outrun the count, and given back when it was right. Unknown accounts are counted like known ones.
 */
@Injectable()
export class FailureBudgetsService {
  private readonly local = new LocalBudgets();

  constructor(
    private readonly shared: SharedWindows,
    private readonly refusals: LimitRefusals,
    @Inject(limitsConfig.KEY) private readonly config: ConfigType<typeof limitsConfig>,
  ) {}

  /**
   * Runs `check` when there is a try left, and returns what it proves. The try is lost only when that is null.
   * @throws DomainError too-many / TOO_MANY_LOGIN_ATTEMPTS, without running it; and whatever `check` throws.
   */
  async attempt<Proven>(attempt: Attempt, check: () => Promise<Proven | null>): Promise<Proven | null> {
    const reservation = await this.reserve(attempt);
    let isWrong = false;
    try {
      const proven = await check();
      isWrong = proven === null;
      return proven;
    } finally {
      if (!isWrong) await reservation.refund();
    }
  }

  private async reserve(attempt: Attempt): Promise<Reservation> {
    const rate = this.config.authFailures;
    if (rate === null) return unlimited;
    const budgets = budgetsOf(attempt, rate.limit);
    const waitHere = this.local.reserve(budgets, rate.window);
    if (waitHere > 0) throw this.refusal(waitHere);
    const spending = await this.shared.reserve(budgets, rate.window);
    if (spending === undefined) return { refund: async () => this.local.refund(budgets) };
    if (spending.wait > 0) {
      this.local.refund(budgets);
      throw this.refusal(spending.wait);
    }
    this.local.align(budgets, spending.lasts);
    return {
      refund: () => {
        this.local.refund(budgets);
        return this.shared.refund(budgets);
      },
    };
  }

  private refusal(wait: number): DomainError {
    this.refusals.count('auth-failures');
    return tooManyLoginAttempts(wait);
  }
}

/** A known device has a budget of its own and no other: nobody else can spend it. */
function budgetsOf(attempt: Attempt, limit: number): Budget[] {
  if (attempt.act === 'confirm') return [{ key: `failed:confirm:${attempt.userId}`, limit }];
  const { act, email, device } = attempt;
  // Redis need not know whose addresses are tried.
  const account = createHash('sha256').update(normalizeEmail(email)).digest('base64url');
  if (device !== undefined) return [{ key: `failed:${act}:${account}:device:${device}`, limit }];
  const address = addressBucket(attempt.address);
  return [
    { key: `failed:${act}:${account}:address:${address}`, limit },
    { key: `failed:${act}:${account}`, limit: limit * perAccount },
    { key: `failed:address:${address}`, limit: limit * perAddress },
  ];
}
