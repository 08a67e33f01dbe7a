import { Injectable } from '@nestjs/common';
import type { UserId } from '../../../common/ids.js';
import type { Mail } from '../../../infrastructure/mailer/mailer.js';
import type { UserMailTemplate } from '../../../jobs/catalogue/account-mail.js';
import { LoginCodesService } from '../../auth/otp/login-codes.service.js';
import type { TokenPurpose } from '../one-time-token.js';
import { OneTimeTokensService } from '../one-time-tokens.service.js';
import { addresseeOf, RecipientDirectory, type Recipient } from '../recipient-directory.js';
import * as letters from './account-letters.js';
import { mailText, type Letter } from './letter.js';
import { MailLinks } from './mail-links.js';

type Status = Recipient['status'];

/** Whose accounts get a mail: one that came too late, or was asked for by a stranger, is not written. */
const statuses: Readonly<Record<UserMailTemplate, readonly Status[]>> = {
  invitation: ['pending'],
  'email-verification': ['active'],
  'password-reset': ['pending', 'active'],
  'login-code': ['active'],
  'email-change': ['active'],
  'email-change-notice': ['active'],
  'email-changed-notice': ['pending', 'active', 'suspended'],
  'api-key-rotated-notice': ['active'],
};

type Compose = (id: UserId, user: Recipient) => Promise<Mail | null>;

/** Writes the mails to users, as they are at the moment of writing. */
@Injectable()
export class UserMails {
  constructor(
    private readonly recipients: RecipientDirectory,
    private readonly tokens: OneTimeTokensService,
    private readonly codes: LoginCodesService,
    private readonly links: MailLinks,
  ) {}

  private readonly composers: Readonly<Record<UserMailTemplate, Compose>> = {
    invitation: async (id, user) =>
      mailTo(user, letters.invitation(await this.withLink('invitation', id, user))),
    'password-reset': async (id, user) =>
      mailTo(user, letters.passwordReset(await this.withLink('password-reset', id, user))),
    'email-verification': async (id, user) =>
      user.emailVerified
        ? null
        : mailTo(user, letters.emailVerification(await this.withLink('email-verification', id, user))),
    'login-code': async (id, user) =>
      mailTo(user, letters.loginCode({ name: user.name, ...(await this.codes.issue(id)) })),
    'email-change': (id, user) => this.emailChange(id, user),
    'email-change-notice': async (_, user) =>
      user.pendingEmail === null
        ? null
        : mailTo(user, letters.emailChangeNotice({ name: user.name, newEmail: user.pendingEmail })),
    // Nobody knows whether the address of before was ever theirs.
    'email-changed-notice': async (_, { email: newEmail, previousEmail: email }) =>
      email === null ? null : mailTo({ name: '', email }, letters.emailChangedNotice({ name: '', newEmail })),
    'api-key-rotated-notice': async (_, user) => mailTo(user, letters.apiKeyRotatedNotice(user)),
  };

  /** Null when there is nobody to write to, or nothing to say any more. */
  async compose(template: UserMailTemplate, id: UserId): Promise<Mail | null> {
    const user = await this.recipients.recipientOf(id);
    if (user === null || !statuses[template].includes(user.status)) return null;
    return this.composers[template](id, addresseeOf(user));
  }

  /** Without a name, as the address may be a stranger's. */
  private async emailChange(id: UserId, { pendingEmail: email }: Recipient): Promise<Mail | null> {
    const name = '';
    if (email === null) return null;
    if ((await this.recipients.holderOf(email)) !== null) {
      return mailTo({ name, email }, letters.addressInUse());
    }
    return mailTo(
      { name, email },
      letters.emailChange(await this.withLink('email-change', id, { name, email })),
    );
  }

  private async withLink(
    purpose: Exclude<TokenPurpose, 'registration'>,
    subject: UserId,
    { name, email }: Pick<Recipient, 'name' | 'email'>,
  ) {
    const { token, expiresAt } = await this.tokens.issue({ purpose, subject, email });
    return { name, link: this.links.to(purpose, token), expiresAt };
  }
}

export function mailTo({ name, email }: Pick<Recipient, 'name' | 'email'>, letter: Letter): Mail {
  return { to: { name, email }, ...mailText(letter) };
}
