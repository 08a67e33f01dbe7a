import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { DomainError } from '../../common/domain-error.js';
import type { Principal, RateLimit } from '../../common/principal.js';
import { limitsConfig } from '../../config/limits.config.js';
import type { Rate } from '../../config/rate-limit.js';
import { addressBucket } from './address-bucket.js';
import { writeLimitHeaders, type HeaderTarget } from './limit-headers.js';
import { Limiter, type Verdict } from './limiter.js';
import { LimitRefusals, type LimitName } from './limit-refusals.js';
import { tooManyRequests } from './too-many.js';

/** The rates of keys, by what the key says; as long as a principal is remembered. */
const ownRates = new WeakMap<RateLimit, Rate>();

function rateOf(own: RateLimit): Rate {
  let rate = ownRates.get(own);
  if (rate === undefined) {
    rate = { limit: own.limit, window: own.windowSeconds * 1_000 };
    ownRates.set(own, rate);
  }
  return rate;
}

/**
 * Counts a request, for an address or for a principal, and tells its answer's headers. The first two return `true`, at once when
 * they can, or throw (reject with) DomainError too-many / RATE_LIMITED.
 */
@Injectable()
export class RequestLimits {
  constructor(
    private readonly limiter: Limiter,
    private readonly refusals: LimitRefusals,
    @Inject(limitsConfig.KEY) private readonly config: ConfigType<typeof limitsConfig>,
  ) {}

  /** For a request that proves nothing: without credentials, or with ones that did not let it in. */
  byAddress(address: string | undefined, target: HeaderTarget): true | Promise<true> {
    const rate = this.config.anonymous;
    return rate === null || this.count('anonymous', `address:${addressBucket(address)}`, rate, target);
  }

  /**
   * For credentials that did not let their caller in: `error` is what their check threw. Nothing is counted when they
   * were not refused: when the database is away, say. Rejects when 429 is to be answered instead.
   */
  async byFailure(error: unknown, address: string | undefined, target: HeaderTarget): Promise<void> {
    if (!(error instanceof DomainError) || error.kind === 'unavailable') return;
    await this.byAddress(address, target);
  }

  /** A user in all sessions together; each API key by itself. */
  byPrincipal(principal: Principal, target: HeaderTarget): true | Promise<true> {
    if (principal.kind === 'user') {
      const rate = this.config.principal;
      return rate === null || this.count('principal', `user:${principal.userId}`, rate, target);
    }
    const rate = principal.rateLimit === undefined ? this.config.principal : rateOf(principal.rateLimit);
    return rate === null || this.count('principal', `key:${principal.keyId}`, rate, target);
  }

  private count(name: LimitName, key: string, rate: Rate, target: HeaderTarget): true | Promise<true> {
    const verdict = this.limiter.take(key, rate);
    if (!(verdict instanceof Promise)) return this.tell(verdict, name, rate, target);
    return verdict.then((later) => this.tell(later, name, rate, target));
  }

  private tell(verdict: Verdict, name: LimitName, rate: Rate, target: HeaderTarget): true {
    writeLimitHeaders(target, name, rate, verdict);
    if (verdict.allowed) return true;
    this.refusals.count(name);
    throw tooManyRequests(verdict.endsIn);
  }
}
