import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import type { SessionId, UserId } from '../../common/ids.js';
import { authConfig } from '../../config/auth.config.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { RefreshTokens, type RefreshToken } from './refresh-tokens.js';
import { SessionTurns } from './session-turns.js';
import type { Session, Transport } from './session.js';
import { SessionsRepository } from './sessions.repository.js';
import type { OpenedSession } from './sessions.service.js';

/** Milliseconds in which a lost answer may be asked for again, by the token that was sent. */
const grace = 10_000;
/** However often it is refreshed, a session ends that many milliseconds after its login. */
const longestLife = 90 * 86_400_000;

/** A token of a session that lives; whether it is the one whose turn it is, `rotate` tells. */
export interface PresentedToken {
  readonly token: RefreshToken;
  readonly userId: UserId;
  readonly createdAt: Date;
}

/** Refresh tokens are good once: each use gives the next one, and the use of a spent one ends the session. */
@Injectable()
export class RefreshService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: RefreshTokens,
    private readonly turns: SessionTurns,
    private readonly unitOfWork: UnitOfWork,
    private readonly signals: Signals,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    @Inject(authConfig.KEY) private readonly config: ConfigType<typeof authConfig>,
  ) {}

  /** The session that a token was made for, if this service made it. Reads nothing. */
  sessionOf(text: string): SessionId | undefined {
    return this.tokens.read(text)?.family;
  }

  /**
   * Whose token it is; changes nothing. A session's tokens travel one way only, so that nobody can plant one in a
   * browser that was given to a program.
   * @throws DomainError unauthenticated / INVALID_REFRESH_TOKEN.
   */
  async present(text: string, transport: Transport): Promise<PresentedToken> {
    const token = this.tokens.read(text);
    if (token === undefined) throw invalidRefreshToken();
    const session = await this.sessions.findLive(token.family, this.clock.now());
    if (session === null || session.transport !== transport) throw invalidRefreshToken();
    return { token, userId: session.userId, createdAt: session.createdAt };
  }

  /**
   * The next token. Sent again within 10 s, and while the next one is unused, a token gives the same one again; sent
   * later it ends its session, for whoever holds either of them may have stolen it (RFC 9700, section 4.14.2).
   * @throws DomainError unauthenticated / INVALID_REFRESH_TOKEN.
   */
  rotate(presented: PresentedToken, ip: string): Promise<OpenedSession> {
    return this.turns.take(presented.token.family, () => this.advance(presented, ip));
  }

  private async advance({ token, userId, createdAt }: PresentedToken, ip: string): Promise<OpenedSession> {
    const now = this.clock.now();
    const child = this.tokens.childOf(token);
    const expiresAt = new Date(
      Math.min(now.getTime() + this.config.refreshTokenTtl, createdAt.getTime() + longestLife),
    );
    const advanced = await this.sessions.advance(token.family, {
      parentHash: token.hash,
      refreshHash: child.hash,
      rotatedAt: now,
      expiresAt,
      ip,
    });
    return advanced
      ? { id: token.family, refreshToken: child.text, expiresAt }
      : this.repeat(token, userId, now);
  }

  private async repeat(token: RefreshToken, userId: UserId, now: Date): Promise<OpenedSession> {
    const session = await this.sessions.findLive(token.family, now);
    if (session === null) throw invalidRefreshToken();
    const { parentHash, refreshHash, rotatedAt, expiresAt } = session;
    if (parentHash === token.hash && now.getTime() - rotatedAt.getTime() <= grace) {
      const child = this.tokens.childWithHash(token, refreshHash);
      // Made by a secret that this process has not got yet: nobody's theft.
      if (child === undefined) throw invalidRefreshToken();
      return { id: token.family, refreshToken: child.text, expiresAt };
    }
    await this.endReused(session, userId);
    throw invalidRefreshToken();
  }

  private async endReused({ id }: Session, userId: UserId): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (!(await this.sessions.delete(id, userId))) return;
      await this.signals.emit({ kind: 'session', id });
      await this.audit.record(
        {
          action: 'auth.refresh-reused',
          target: { type: 'session', id },
          changes: { userId: { to: userId } },
        },
        'refused',
      );
    });
  }
}

/** The same for every reason: whoever tries tokens learns nothing of them. */
export function invalidRefreshToken(): DomainError {
  return new DomainError('unauthenticated', 'INVALID_REFRESH_TOKEN', 'Invalid refresh token: log in again');
}
