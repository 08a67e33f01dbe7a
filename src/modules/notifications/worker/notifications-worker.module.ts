import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { MailerModule } from '../../../infrastructure/mailer/mailer.module.js';
import { JobsModule } from '../../../jobs/jobs.module.js';
import { OneTimeTokensModule } from '../one-time-tokens.module.js';
import { RecipientDirectory } from '../recipient-directory.js';
import { InvitationMailHandler } from './invitation-mail.handler.js';

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
      imports: [JobsModule, MailerModule, OneTimeTokensModule, module],
      providers: [{ provide: RecipientDirectory, useExisting: directory }, InvitationMailHandler],
    };
  }
}
