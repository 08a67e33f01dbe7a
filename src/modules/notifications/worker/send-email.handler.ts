import { Injectable } from '@nestjs/common';
import { Mailer } from '../../../infrastructure/mailer/mailer.js';
import { sendEmail, type SendEmailPayload } from '../../../jobs/catalogue/send-email.js';
import { Once } from '../../../jobs/once/once.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../../jobs/worker/job-handler.js';
import { escapeHtml } from './html.js';

/** Sends the mail that a client of the API wrote. */
@Injectable()
@JobHandler(sendEmail.name)
export class SendEmailHandler implements JobHandlerHost<SendEmailPayload> {
  constructor(
    private readonly mailer: Mailer,
    private readonly once: Once,
  ) {}

  async handle({ id, data: { to, subject, body } }: RunningJob<SendEmailPayload>): Promise<void> {
    await this.once.outside(id, undefined, (scope) =>
      this.mailer.send(scope, { to: { name: '', email: to }, subject, text: body, html: htmlOf(body) }),
    );
  }
}

/** Plain text stays what it looks like: it brings no markup of its own. */
function htmlOf(text: string): string {
  return `<!doctype html>\n<html>\n<body>\n<p style="white-space: pre-wrap">${escapeHtml(text)}</p>\n</body>\n</html>`;
}
