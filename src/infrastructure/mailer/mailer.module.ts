import { Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { mailConfig } from '../../config/mail.config.js';
import { FileMailer } from './file-mailer.js';
import { Mailer } from './mailer.js';
import { SmtpMailer } from './smtp-mailer.js';

@Module({
  providers: [
    {
      provide: Mailer,
      inject: [mailConfig.KEY],
      useFactory: ({ smtpUrl, folder, from }: ConfigType<typeof mailConfig>): Mailer =>
        smtpUrl === undefined ? new FileMailer(folder, from) : new SmtpMailer(smtpUrl, from),
    },
  ],
  exports: [Mailer],
})
export class MailerModule {}
