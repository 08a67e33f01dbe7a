import { escapeHtml } from './html.js';

export interface Invitation {
  readonly name: string;
  readonly link: string;
  readonly expiresAt: Date;
}

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The mail that asks a new user to choose a password. */
export function invitationText({ name, link, expiresAt }: Invitation): MailText {
  const until = `${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return {
    subject: 'You are invited: choose your password',
    text: [
      `Hello ${name},`,
      'an account was made for you. Open this address to choose your password:',
      link,
      `It works once, until ${until}.`,
      'If you did not expect this mail, you need not do anything.',
    ].join('\n\n'),
    html: [
      '<!doctype html>',
      '<html lang="en">',
      '<body>',
      `<p>Hello ${escapeHtml(name)},</p>`,
      `<p>an account was made for you. <a href="${escapeHtml(link)}">Choose your password</a></p>`,
      `<p>The link works once, until ${until}.</p>`,
      '<p>If you did not expect this mail, you need not do anything.</p>',
      '</body>',
      '</html>',
    ].join('\n'),
  };
}
