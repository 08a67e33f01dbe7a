import { Module } from '@nestjs/common';
import { JobsModule } from '../../jobs/jobs.module.js';
import { NotificationsService } from './notifications.service.js';

/** Asks for mails; the worker writes and sends them. */
@Module({
  imports: [JobsModule],
  providers: [NotificationsService],
  exports: [NotificationsService],
})
export class NotificationsModule {}
