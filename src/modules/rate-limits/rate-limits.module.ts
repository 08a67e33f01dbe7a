import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { DeviceCookies } from './device-cookies.js';
import { FailureBudgetsService } from './failure-budgets.service.js';
import { LimiterModule } from './limiter.module.js';
import { MailBudgetService } from './mail-budget.service.js';
import { mailRequestsPerAddress } from './mail-limits.js';
import { LimitRefusals } from './limit-refusals.js';
import { RequestLimits } from './request-limits.js';
import { SharedThrottlerStorage } from './throttler-storage.js';

/**
 * Its guards by address and by principal are made by AppModule, where their order is written down, and so is what
 * counts unknown routes: a command line has limits and no HTTP.
 */
@Module({
  imports: [
    LimiterModule,
    ThrottlerModule.forRootAsync({
      imports: [LimiterModule],
      inject: [SharedThrottlerStorage],
      useFactory: (storage: SharedThrottlerStorage) => ({
        storage,
        setHeaders: false,
        throttlers: [
          { name: 'mail', limit: mailRequestsPerAddress.limit, ttl: mailRequestsPerAddress.window },
        ],
      }),
    }),
  ],
  providers: [LimitRefusals, RequestLimits, FailureBudgetsService, DeviceCookies, MailBudgetService],
  exports: [
    ThrottlerModule,
    LimitRefusals,
    RequestLimits,
    FailureBudgetsService,
    DeviceCookies,
    MailBudgetService,
  ],
})
export class RateLimitsModule {}
