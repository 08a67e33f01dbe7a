import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { apiKeyIds } from '../../../common/ids.js';
import { Mailer } from '../../../infrastructure/mailer/mailer.js';
import {
  apiKeyExpiryMail,
  type ApiKeyExpiryMailPayload,
} from '../../../jobs/catalogue/api-key-expiry-mail.js';
import { Once } from '../../../jobs/once/once.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../../jobs/worker/job-handler.js';
import { addresseeOf, RecipientDirectory } from '../../notifications/recipient-directory.js';
import { mailTo } from '../../notifications/worker/user-mails.js';
import { isActive } from '../api-key.js';
import { ApiKeysRepository } from '../api-keys.repository.js';
import { expiryLetter } from './expiry-letter.js';

/** Tells an owner that a key ends soon, unless it has ended, or has a successor, by now. */
@Injectable()
@JobHandler(apiKeyExpiryMail.name)
export class ExpiryMailHandler implements JobHandlerHost<ApiKeyExpiryMailPayload> {
  private readonly logger = new Logger(ExpiryMailHandler.name);

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly recipients: RecipientDirectory,
    private readonly mailer: Mailer,
    private readonly once: Once,
    private readonly clock: Clock,
  ) {}

  async handle({ id, data }: RunningJob<ApiKeyExpiryMailPayload>): Promise<void> {
    await this.once.outside(id, undefined, async (scope) => {
      const key = await this.keys.findById(apiKeyIds.parse(data.keyId));
      const owner = key && (await this.recipients.recipientOf(key.userId));
      if (key === null || owner === null || key.rotatedTo !== null || !isActive(key, this.clock.now())) {
        this.logger.debug({ keyId: data.keyId }, 'there is no key any more to warn of');
        return;
      }
      const addressee = addresseeOf(owner);
      await this.mailer.send(scope, mailTo(addressee, expiryLetter(addressee, key)));
    });
  }
}
