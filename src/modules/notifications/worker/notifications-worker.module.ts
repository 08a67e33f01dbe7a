import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { MailerModule } from '../../../infrastructure/mailer/mailer.module.js';
import { JobsModule } from '../../../jobs/jobs.module.js';
import { LoginCodesModule } from '../../auth/otp/login-codes.module.js';
import { RegistrationAttemptsModule } from '../../auth/registration/registration-attempts.module.js';
import { OneTimeTokensModule } from '../one-time-tokens.module.js';
import { RecipientDirectory } from '../recipient-directory.js';
import { AccountMailHandler } from './account-mail.handler.js';
import { MailLinks } from './mail-links.js';
import { RegistrationMails } from './registration-mails.js';
import { UserMails } from './user-mails.js';

interface Recipients {
  readonly module: Type;
  /** A provider that the module exports. */
  readonly directory: Type<RecipientDirectory>;
}

/** Writes and sends the mails that NotificationsModule asks for. */
@Module({})
export class NotificationsWorkerModule {
  static withRecipients({ module, directory }: Recipients): DynamicModule {
    return {
      module: NotificationsWorkerModule,
      imports: [
        JobsModule,
        MailerModule,
        OneTimeTokensModule,
        RegistrationAttemptsModule,
        LoginCodesModule,
        module,
      ],
      providers: [
        { provide: RecipientDirectory, useExisting: directory },
        MailLinks,
        UserMails,
        RegistrationMails,
        AccountMailHandler,
      ],
    };
  }
}
