import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { userIds } from '../../../common/ids.js';
import { mailConfig } from '../../../config/mail.config.js';
import { Mailer } from '../../../infrastructure/mailer/mailer.js';
import { invitationMail, type InvitationMailPayload } from '../../../jobs/catalogue/invitation-mail.js';
import { Once } from '../../../jobs/once/once.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../../jobs/worker/job-handler.js';
import { OneTimeTokensService } from '../one-time-tokens.service.js';
import { RecipientDirectory } from '../recipient-directory.js';
import { invitationText } from './invitation.template.js';

/** Sends the invitation. The token is made here, so that no job and no log ever holds one. */
@Injectable()
@JobHandler(invitationMail.name)
export class InvitationMailHandler implements JobHandlerHost<InvitationMailPayload> {
  private readonly logger = new Logger(InvitationMailHandler.name);

  constructor(
    private readonly recipients: RecipientDirectory,
    private readonly tokens: OneTimeTokensService,
    private readonly mailer: Mailer,
    private readonly once: Once,
    @Inject(mailConfig.KEY) private readonly config: ConfigType<typeof mailConfig>,
  ) {}

  async handle({ id, data }: RunningJob<InvitationMailPayload>): Promise<void> {
    await this.once.outside(id, undefined, async (scope) => {
      // A crash after the mail and before its mark: the token that went out must stay the only one.
      if (await this.mailer.wasSent(scope)) return;
      const userId = userIds.parse(data.userId);
      const recipient = await this.recipients.recipientOf(userId);
      if (recipient === null) {
        this.logger.log({ userId }, 'nobody is invited: the user is gone');
        return;
      }
      const { token, expiresAt } = await this.tokens.issue('invitation', userId);
      const { name } = recipient;
      await this.mailer.send(scope, {
        to: recipient,
        ...invitationText({ name, link: this.linkOf(token), expiresAt }),
      });
    });
  }

  /** The token stands behind '#', which browsers do not send to servers, so that no log on the way keeps it. */
  private linkOf(token: string): string {
    return new URL(`/accept-invitation#token=${token}`, this.config.publicUrl).toString();
  }
}
