import { Injectable, Logger } from '@nestjs/common';
import { registrationIds, userIds } from '../../../common/ids.js';
import { Mailer, type Mail } from '../../../infrastructure/mailer/mailer.js';
import { accountMail, type AccountMailPayload } from '../../../jobs/catalogue/account-mail.js';
import { Once } from '../../../jobs/once/once.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../../jobs/worker/job-handler.js';
import { RegistrationMails } from './registration-mails.js';
import { UserMails } from './user-mails.js';

/** Sends a mail about an account. Its token or code is made here, so that no job and no log ever holds one. */
@Injectable()
@JobHandler(accountMail.name)
export class AccountMailHandler implements JobHandlerHost<AccountMailPayload> {
  private readonly logger = new Logger(AccountMailHandler.name);

  constructor(
    private readonly userMails: UserMails,
    private readonly registrationMails: RegistrationMails,
    private readonly mailer: Mailer,
    private readonly once: Once,
  ) {}

  async handle({ id, data }: RunningJob<AccountMailPayload>): Promise<void> {
    await this.once.outside(id, undefined, async (scope) => {
      // A crash after the mail and before its mark: the token that went out must stay the only one.
      if (await this.mailer.wasSent(scope)) return;
      const mail = await this.compose(data);
      if (mail === null) this.logger.debug({ template: data.template }, 'nobody is written to');
      else await this.mailer.send(scope, mail);
    });
  }

  private async compose({ template, userId, registrationId }: AccountMailPayload): Promise<Mail | null> {
    return template === 'registration' || template === 'registration-reminder'
      ? this.registrationMails.compose(template, registrationIds.parse(registrationId ?? ''))
      : this.userMails.compose(template, userIds.parse(userId ?? ''));
  }
}
