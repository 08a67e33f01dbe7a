import { Module } from '@nestjs/common';
import { MailerModule } from '../../../infrastructure/mailer/mailer.module.js';
import { JobsModule } from '../../../jobs/jobs.module.js';
import { SendEmailHandler } from './send-email.handler.js';

/** Sends what clients of the API write. */
@Module({ imports: [JobsModule, MailerModule], providers: [SendEmailHandler] })
export class SendEmailWorkerModule {}
