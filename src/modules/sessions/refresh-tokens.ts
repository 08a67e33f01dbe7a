import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { sessionIds, type SessionId } from '../../common/ids.js';
import { authConfig } from '../../config/auth.config.js';

const familyLength = 12;
const numberLength = 4;
const valueLength = 32;
const tagLength = 16;
const valueStart = familyLength + numberLength;
const tagStart = valueStart + valueLength;
const tokenLength = tagStart + tagLength;

/** A token that this service made, to judge by its tag; whether it is still good, only its session knows. */
export interface RefreshToken {
  readonly family: SessionId;
  /** How many tokens of the family came before it. */
  readonly number: number;
  readonly value: Buffer;
  /** What is stored of it: SHA-256 in base64url. Enough for 256 random bits. */
  readonly hash: string;
}

export interface MadeRefreshToken {
  readonly text: string;
  readonly hash: string;
}

/**
 * Refresh tokens: session, number and a value of 256 bits, with a tag over all of it. The tag tells a token that was
 * once given from one that was made up: only the former, sent again too late, ends a session. A child is computed
 * from its parent, so that any process gives the same one without a token being stored anywhere.
 */
@Injectable()
export class RefreshTokens {
  private readonly secrets: readonly [Key, ...Key[]];

  constructor(@Inject(authConfig.KEY) { refreshSecrets = [] }: ConfigType<typeof authConfig>) {
    const [first = randomBytes(32), ...others] = refreshSecrets;
    this.secrets = [first, ...others];
  }

  root(family: SessionId): MadeRefreshToken {
    return encode(family, 0, randomBytes(valueLength), this.secrets[0]);
  }

  /** The token that follows, by the first of the secrets. */
  childOf(parent: RefreshToken): MadeRefreshToken {
    return childOf(parent, this.secrets[0]);
  }

  /** The token that follows, when it was made already; undefined when no secret gives one of that hash. */
  childWithHash(parent: RefreshToken, hash: string): MadeRefreshToken | undefined {
    return this.secrets
      .map((secret) => childOf(parent, secret))
      .find((child) => timingSafeEqual(Buffer.from(child.hash), Buffer.from(hash)));
  }

  /** undefined for whatever this service did not make, by these secrets, in exactly this spelling. */
  read(text: string): RefreshToken | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length !== tokenLength || bytes.toString('base64url') !== text) return undefined;
    const signed = bytes.subarray(0, tagStart);
    const tag = bytes.subarray(tagStart);
    if (!this.secrets.some((secret) => timingSafeEqual(tag, tagOf(signed, secret)))) return undefined;
    const family = bytes.toString('hex', 0, familyLength);
    if (!sessionIds.is(family)) return undefined;
    return {
      family,
      number: bytes.readUInt32BE(familyLength),
      value: bytes.subarray(valueStart, tagStart),
      hash: hashOf(text),
    };
  }
}

type Key = string | Buffer;

function childOf({ family, number, value }: RefreshToken, secret: Key): MadeRefreshToken {
  const next = number + 1;
  const child = createHmac('sha256', secret)
    .update('child')
    .update(head(family, next))
    .update(value)
    .digest();
  return encode(family, next, child, secret);
}

function encode(family: SessionId, number: number, value: Buffer, secret: Key): MadeRefreshToken {
  const signed = Buffer.concat([head(family, number), value]);
  const text = Buffer.concat([signed, tagOf(signed, secret)]).toString('base64url');
  return { text, hash: hashOf(text) };
}

function head(family: SessionId, number: number): Buffer {
  const bytes = Buffer.alloc(familyLength + numberLength);
  bytes.write(family, 'hex');
  bytes.writeUInt32BE(number, familyLength);
  return bytes;
}

function tagOf(signed: Buffer, secret: Key): Buffer {
  return createHmac('sha256', secret).update('tag').update(signed).digest().subarray(0, tagLength);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
