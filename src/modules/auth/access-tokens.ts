import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { errors, jwtVerify, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import { sessionIds, userIds, type SessionId, type UserId } from '../../common/ids.js';
import { authConfig } from '../../config/auth.config.js';
import { TokenKeys } from './token-keys.js';

const algorithm = 'EdDSA';
const type = 'at+jwt';
/** Anything longer is not ours: refused before a byte of it is decoded. */
const maximumLength = 4_096;
const rememberedTokens = 50_000;
/** Seconds by which another process's clock may be ahead of ours when it issues a token. */
const clockTolerance = 5;

export interface AccessClaims {
  readonly userId: UserId;
  readonly sessionId: SessionId;
}

export interface AccessToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

interface Verified {
  readonly claims: AccessClaims;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Signs and verifies access tokens (RFC 9068). A token is verified once and then known by its hash until it ends. */
@Injectable()
export class AccessTokens {
  private readonly verified = new LRUCache<string, Verified>({ max: rememberedTokens });
  /** Seconds. */
  private readonly lifetime: number;

  constructor(
    @Inject(authConfig.KEY) private readonly config: ConfigType<typeof authConfig>,
    private readonly keys: TokenKeys,
    private readonly clock: Clock,
  ) {
    this.lifetime = Math.max(1, Math.floor(config.accessTokenTtl / 1_000));
  }

  /** A token never outlives its session, which ends at `notAfter` unless it is renewed. */
  async issue({ userId, sessionId }: AccessClaims, notAfter?: Date): Promise<AccessToken> {
    const issuedAt = Math.floor(this.clock.now().getTime() / 1_000);
    const longest = notAfter === undefined ? Infinity : Math.floor(notAfter.getTime() / 1_000) - issuedAt;
    const expiresIn = Math.min(this.lifetime, longest);
    const { kid, privateKey } = this.keys.signing;
    const accessToken = await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: algorithm, typ: type, kid })
      .setSubject(userId)
      .setIssuer(this.config.issuer)
      .setAudience(this.config.audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + expiresIn)
      .sign(privateKey);
    return { accessToken, expiresIn };
  }

  /** The claims of a token that was verified before and has not ended; undefined for any other. */
  known(token: string): AccessClaims | undefined {
    if (token.length > maximumLength) return undefined;
    const verified = this.verified.get(keyOf(token));
    // By our own clock, as `verify`: the cache's would be another.
    return verified !== undefined && verified.expiresAt > this.clock.now().getTime()
      ? verified.claims
      : undefined;
  }

  /** @throws DomainError unauthenticated / TOKEN_EXPIRED or INVALID_TOKEN. */
  async verify(token: string): Promise<AccessClaims> {
    if (token.length > maximumLength) throw invalid();
    const known = this.known(token);
    if (known !== undefined) return known;

    const payload = await this.check(token);
    const claims = claimsOf(payload);
    const expiresAt = (payload.exp ?? 0) * 1_000;
    // The tolerance is for a clock that is ahead, not for a token that has ended.
    if (expiresAt <= this.clock.now().getTime()) throw expired();
    this.verified.set(keyOf(token), { claims, expiresAt });
    return claims;
  }

  private async check(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, (header) => this.keyFor(header), {
        algorithms: [algorithm],
        typ: type,
        issuer: this.config.issuer,
        audience: this.config.audience,
        requiredClaims: ['sub', 'sid', 'iat', 'exp'],
        // Also refuses a token from the future.
        maxTokenAge: this.lifetime,
        clockTolerance,
        currentDate: this.clock.now(),
      });
      return payload;
    } catch (error) {
      throw error instanceof errors.JWTExpired ? expired() : invalid(error);
    }
  }

  private keyFor({ kid = '' }: Partial<JWTHeaderParameters>) {
    const key = this.keys.find(kid);
    if (key === undefined) throw invalid();
    return key.publicKey;
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}

function claimsOf({ sub, sid }: JWTPayload): AccessClaims {
  if (!userIds.is(sub) || !sessionIds.is(sid)) throw invalid();
  return { userId: sub, sessionId: sid };
}

function invalid(cause?: unknown): DomainError {
  return new DomainError('unauthenticated', 'INVALID_TOKEN', 'Invalid access token', { cause });
}

function expired(): DomainError {
  return new DomainError('unauthenticated', 'TOKEN_EXPIRED', 'Access token expired');
}
