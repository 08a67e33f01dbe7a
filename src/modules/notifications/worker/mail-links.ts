import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { mailConfig } from '../../../config/mail.config.js';
import type { TokenPurpose } from '../one-time-token.js';

/** The page that a token of each purpose is for. */
const pages: Readonly<Record<TokenPurpose, string>> = {
  invitation: '/accept-invitation',
  'password-reset': '/reset-password',
  registration: '/verify-email',
  'email-verification': '/verify-email',
  'email-change': '/verify-email',
};

/** Addresses of the pages that take a token and post it to the API. */
@Injectable()
export class MailLinks {
  constructor(@Inject(mailConfig.KEY) private readonly config: ConfigType<typeof mailConfig>) {}

  /** The token stands behind '#', which browsers do not send to servers, so that no log on the way keeps it. */
  to(purpose: TokenPurpose, token: string): string {
    return new URL(`${pages[purpose]}#token=${token}`, this.config.publicUrl).toString();
  }
}
