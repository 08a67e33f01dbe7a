import { createTransport } from 'nodemailer';
import { Mailer, type Mail } from './mailer.js';
import { messageOf } from './message.js';

/** Milliseconds; a server that hangs must not hold a job beyond its own time limit. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** Hands mails to an SMTP server: at least once. Those sent twice have the same Message-ID. */
export class SmtpMailer extends Mailer {
  private readonly transport;

  constructor(
    url: string,
    private readonly from: string,
  ) {
    super();
    this.transport = createTransport({ url, ...timeouts });
  }

  /** A mail server cannot be asked. */
  override async wasSent(): Promise<boolean> {
    return false;
  }

  override async send(scope: string, mail: Mail): Promise<void> {
    await this.transport.sendMail(messageOf(scope, mail, this.from));
  }
}
