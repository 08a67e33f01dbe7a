import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { alertsConfig } from '../../../config/alerts.config.js';
import { deadLetterAlert, type DeadLetterAlertPayload } from '../../../jobs/catalogue/dead-letter-alert.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../../jobs/worker/job-handler.js';
import { AdministratorMails } from './administrator-mails.js';
import { deadLetterAlertText } from './dead-letter-alert.template.js';

/** Tells the operators' own system where there is one, else each administrator by mail. */
@Injectable()
@JobHandler(deadLetterAlert.name)
export class DeadLetterAlertHandler implements JobHandlerHost<DeadLetterAlertPayload> {
  constructor(
    private readonly mails: AdministratorMails,
    @Inject(alertsConfig.KEY) private readonly config: ConfigType<typeof alertsConfig>,
  ) {}

  async handle({ id, data, signal }: RunningJob<DeadLetterAlertPayload>): Promise<void> {
    if (this.config.webhookUrl === undefined) {
      await this.mails.send(id, deadLetterAlertText(data));
      return;
    }
    const { queue, jobs, ids, names } = data;
    const reply = await fetch(this.config.webhookUrl, {
      method: 'POST',
      // The same alert may come twice: its id says so.
      headers: { 'content-type': 'application/json', 'x-alert-id': id },
      body: JSON.stringify({ event: 'dead-letters', id, queue, jobs, ids, names }),
      redirect: 'error',
      signal,
    });
    await reply.body?.cancel();
    if (!reply.ok) throw new Error(`the webhook answered ${reply.status}`);
  }
}
