import { section } from './section.js';
import { optionalUrl, text } from './variable.js';

export const mailConfig = section('mail', {
  smtpUrl: optionalUrl('SMTP_URL', ['smtp:', 'smtps:'], {
    description: 'The mail server. Absent: each mail becomes an .eml file in MAIL_FOLDER.',
  }),
  from: text('MAIL_FROM', {
    default: 'Nexus <no-reply@nexus.local>',
    unit: 'mail address',
    description: 'The sender of every mail.',
  }),
  folder: text('MAIL_FOLDER', {
    default: '.nexus/mail',
    unit: 'folder',
    description: 'Where mails are written as files when there is no SMTP_URL.',
  }),
  publicUrl: text('PUBLIC_URL', {
    default: 'http://127.0.0.1:3000',
    unit: 'URL',
    description: 'The address of the service as its users see it; links in mails begin with it.',
  }),
});
