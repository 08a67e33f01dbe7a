import { Logger, Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { appConfig } from '../../config/app.config.js';
import { mailConfig } from '../../config/mail.config.js';
import { FileMailer } from './file-mailer.js';
import { Mailer } from './mailer.js';
import { SmtpMailer } from './smtp-mailer.js';

@Module({
  providers: [
    {
      provide: Mailer,
      inject: [mailConfig.KEY, appConfig.KEY],
      useFactory: (
        { smtpUrl, folder, from, publicUrl }: ConfigType<typeof mailConfig>,
        { environment }: ConfigType<typeof appConfig>,
      ): Mailer => {
        if (environment === 'production') warnOfLocalMail(smtpUrl, folder, publicUrl);
        return smtpUrl === undefined ? new FileMailer(folder, from) : new SmtpMailer(smtpUrl, from);
      },
    },
  ],
  exports: [Mailer],
})
export class MailerModule {}

/** Defaults that are right on a developer's machine and surely wrong in production, where nobody would notice. */
function warnOfLocalMail(smtpUrl: string | undefined, folder: string, publicUrl: string): void {
  const logger = new Logger('Mailer');
  if (smtpUrl === undefined)
    logger.warn(`SMTP_URL is not set: mails are written to ${folder} and sent to nobody`);
  if (publicUrl === mailConfig.variables.publicUrl.default) {
    logger.warn(`PUBLIC_URL is not set: the links in mails begin with ${publicUrl}`);
  }
}
