import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { normalizeEmail } from '../../common/email.js';
import { httpConfig } from '../../config/http.config.js';

const idBytes = 9;
const proofBytes = 16;
const tokenPattern = /^[\w-]{34}$/;
/** People share a browser; each of them is known on it. */
const mostAccounts = 5;

interface Token {
  readonly id: string;
  readonly text: string;
}

/**
 * The cookie by which a browser shows that somebody has logged in with it before. It opens nothing: it gives the account
 * it was made for a budget of failures that strangers cannot spend. Its value is a list of tokens, one an account, each
 * a random id and a proof that binds it to the account's e-mail address.
 */
@Injectable()
export class DeviceCookies {
  private readonly key: Buffer;

  constructor(@Inject(httpConfig.KEY) { csrfSecret }: ConfigType<typeof httpConfig>) {
    const secret = csrfSecret ?? randomBytes(32);
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'nexus device cookie', 32));
  }

  /** The device's id when the cookie was made for this account, else undefined. */
  recognise(cookie: string | undefined, email: string): string | undefined {
    return this.tokensOf(cookie).find((token) => this.isFor(token, email))?.id;
  }

  /** The cookie's new value after a login: the same for who is known already. */
  remember(cookie: string | undefined, email: string): string {
    const tokens = this.tokensOf(cookie);
    const own = tokens.find((token) => this.isFor(token, email)) ?? this.make(email);
    const others = tokens.filter((token) => token.text !== own.text);
    return [own, ...others]
      .slice(0, mostAccounts)
      .map(({ text }) => text)
      .join('.');
  }

  private tokensOf(cookie: string | undefined): Token[] {
    if (cookie === undefined) return [];
    return cookie
      .split('.', mostAccounts)
      .filter((text) => tokenPattern.test(text))
      .map((text) => ({ id: text.slice(0, 12), text }));
  }

  private make(email: string): Token {
    const id = randomBytes(idBytes).toString('base64url');
    return { id, text: id + this.proofOf(id, email).toString('base64url') };
  }

  private isFor({ id, text }: Token, email: string): boolean {
    const proof = Buffer.from(text.slice(id.length), 'base64url');
    return proof.length === proofBytes && timingSafeEqual(proof, this.proofOf(id, email));
  }

  private proofOf(id: string, email: string): Buffer {
    const mac = createHmac('sha256', this.key)
      .update(`${id}\n${normalizeEmail(email)}`)
      .digest();
    return mac.subarray(0, proofBytes);
  }
}
