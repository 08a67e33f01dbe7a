import { Module } from '@nestjs/common';
import { JobsModule } from '../../jobs/jobs.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { OneTimeTokensModule } from './one-time-tokens.module.js';
import { NotificationsService } from './notifications.service.js';

/** Asks for mails; the worker writes and sends them. */
@Module({
  // The tokens are issued by the worker and used up by this process.
  imports: [JobsModule, OneTimeTokensModule, RateLimitsModule],
  providers: [NotificationsService],
  exports: [NotificationsService, OneTimeTokensModule],
})
export class NotificationsModule {}
