import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { inSeconds } from './limit-headers.js';
import { Limiter } from './limiter.js';

type StorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** The library's storage over our shared windows. Lengths come in milliseconds, and go back in seconds. */
@Injectable()
export class SharedThrottlerStorage implements ThrottlerStorage {
  constructor(private readonly limiter: Limiter) {}

  /** `blockDuration` is not used: who is over the limit waits for the window's end and no longer. */
  async increment(key: string, ttl: number, limit: number): Promise<StorageRecord> {
    const { allowed, remaining, endsIn } = await this.limiter.take(key, { limit, window: ttl });
    const seconds = inSeconds(endsIn);
    return {
      totalHits: allowed ? limit - remaining : limit + 1,
      timeToExpire: seconds,
      isBlocked: !allowed,
      timeToBlockExpire: allowed ? 0 : seconds,
    };
  }
}
