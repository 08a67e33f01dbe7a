import { applyDecorators, Inject, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Reflector } from '@nestjs/core';
import {
  getOptionsToken,
  getStorageToken,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import { limitsConfig } from '../../config/limits.config.js';
import { addressBucket } from './address-bucket.js';
import { LimitRefusals } from './limit-refusals.js';
import { tooManyRequests } from './too-many.js';

/** 20 requests in 15 minutes an address, over all routes that cause a mail. */
@Injectable()
export class MailAddressGuard extends ThrottlerGuard {
  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly refusals: LimitRefusals,
    @Inject(limitsConfig.KEY) private readonly config: ConfigType<typeof limitsConfig>,
  ) {
    super(options, storage, reflector);
  }

  protected override async shouldSkip(): Promise<boolean> {
    return this.config.anonymous === null;
  }

  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    return addressBucket(typeof request['ip'] === 'string' ? request['ip'] : undefined);
  }

  /** One bucket for all routes: the library's own key has the handler's name in it. */
  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return `mail-address:${tracker}`;
  }

  protected override throwThrottlingException(
    _context: ExecutionContext,
    { timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    this.refusals.count('mail');
    throw tooManyRequests(timeToBlockExpire * 1_000);
  }
}

/** For every route that makes the service write to somebody. */
export const CausesMail = () => applyDecorators(UseGuards(MailAddressGuard));
