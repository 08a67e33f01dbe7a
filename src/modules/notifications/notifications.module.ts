import { Module } from '@nestjs/common';
import { JobsModule } from '../../jobs/jobs.module.js';
import { OneTimeTokensModule } from './one-time-tokens.module.js';
import { MailBudget } from './mail-budget.js';
import { NotificationsService } from './notifications.service.js';

/** Asks for mails; the worker writes and sends them. */
@Module({
  // The tokens are issued by the worker and used up by this process.
  imports: [JobsModule, OneTimeTokensModule],
  providers: [MailBudget, NotificationsService],
  exports: [NotificationsService, OneTimeTokensModule],
})
export class NotificationsModule {}
