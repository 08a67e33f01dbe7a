import { Injectable } from '@nestjs/common';
import type { RegistrationId } from '../../../common/ids.js';
import type { Mail } from '../../../infrastructure/mailer/mailer.js';
import type { RegistrationMailTemplate } from '../../../jobs/catalogue/account-mail.js';
import type { RegistrationAttempt } from '../../auth/registration/registration-attempt.js';
import { RegistrationAttemptsService } from '../../auth/registration/registration-attempts.service.js';
import type { TokenProof } from '../one-time-token.js';
import { OneTimeTokensService } from '../one-time-tokens.service.js';
import { RecipientDirectory } from '../recipient-directory.js';
import * as letters from './account-letters.js';
import type { Letter } from './letter.js';
import { MailLinks } from './mail-links.js';
import { mailTo } from './user-mails.js';

/** Answers attempts to register. Only here is it asked whether the address has an account: nobody waits for it. */
@Injectable()
export class RegistrationMails {
  constructor(
    private readonly attempts: RegistrationAttemptsService,
    private readonly recipients: RecipientDirectory,
    private readonly tokens: OneTimeTokensService,
    private readonly links: MailLinks,
  ) {}

  /** Null when the attempt is over. */
  async compose(template: RegistrationMailTemplate, id: RegistrationId): Promise<Mail | null> {
    const attempt = await this.attempts.find(id);
    if (attempt === null) return null;
    const { email } = attempt;
    return mailTo({ name: '', email }, await this.letterAbout(template, attempt));
  }

  private async letterAbout(
    template: RegistrationMailTemplate,
    attempt: RegistrationAttempt,
  ): Promise<Letter> {
    const { id, email, ip, createdAt: at } = attempt;
    const holder = await this.recipients.holderOf(email);
    if (holder?.emailVerified === true || holder?.status === 'suspended') {
      return letters.existingAccount({ ip, at });
    }
    if (holder !== null) {
      // Never the password of the attempt: nobody knows whose attempt it was, and the account may hold roles already.
      const link = await this.linkFor({ purpose: 'password-reset', subject: holder.id, email });
      return letters.unconfirmedAccount({ ip, at, ...link });
    }
    if (template === 'registration-reminder' && (await this.attempts.count(email)) > 1) {
      return letters.severalRegistrations();
    }
    const link = await this.linkFor({ purpose: 'registration', subject: id, email });
    return letters.registration({ ip, at, ...link });
  }

  private async linkFor(proof: TokenProof): Promise<{ link: string; expiresAt: Date }> {
    const { token, expiresAt } = await this.tokens.issue(proof);
    return { link: this.links.to(proof.purpose, token), expiresAt };
  }
}
