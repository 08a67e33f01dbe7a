import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mailer.js';

/** A header is one line: what would begin another one, or is invisible, becomes a space. */
function headerText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 500);
}

/** The mail as nodemailer takes it; its Message-ID depends on nothing but the scope. */
export function messageOf(scope: string, mail: Mail, from: string): SendMailOptions {
  return {
    messageId: `<${scope.replaceAll('/', '.')}@nexus>`,
    from,
    to: { name: headerText(mail.to.name), address: headerText(mail.to.email) },
    subject: headerText(mail.subject),
    text: mail.text,
    html: mail.html,
    // Nothing is fetched or read from disk on behalf of a mail.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
