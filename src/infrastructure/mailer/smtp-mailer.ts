import { createTransport } from 'nodemailer';
import { Mailer, type Mail } from './mailer.js';
import { messageOf } from './message.js';
import { RefusedMail } from './refused-mail.js';

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
    try {
      await this.transport.sendMail(messageOf(scope, mail, this.from));
    } catch (error) {
      throw isRefusal(error) ? new RefusedMail(error.message) : error;
    }
  }
}

/**
 * A permanent answer (RFC 5321, section 4.2.1: 5yz) about the recipient or the mail itself. One about the login or the
 * sender tells of settings, which somebody may mend: the mail is tried again.
 */
function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error && 'permanent' in error && 'command' in error)) return false;
  return error.permanent === true && (error.command === 'RCPT TO' || error.command === 'DATA');
}
