import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import { sessionIds, type SessionId, type UserId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import { authConfig } from '../../config/auth.config.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { RefreshTokens } from './refresh-tokens.js';
import { SessionTurns } from './session-turns.js';
import type { RefreshChain, Session, SessionSortField, Transport } from './session.js';
import { SessionsRepository } from './sessions.repository.js';

const longestDevice = 200;

export interface SessionOpening {
  readonly userId: UserId;
  /** The User-Agent header as it came. */
  readonly userAgent: string | undefined;
  readonly ip: string;
  readonly transport: Transport;
  /** What the audit calls it. */
  readonly action: 'auth.login' | 'auth.otp-login';
}

export interface OpenedSession {
  readonly id: SessionId;
  readonly refreshToken: string;
  /** When the refresh token ends, and the session with it unless it is used before. */
  readonly expiresAt: Date;
}

/** A session that is not open yet: what is random about it is made before any transaction, which may run twice. */
export interface PreparedSession extends OpenedSession {
  readonly action: SessionOpening['action'];
  readonly stored: Session & RefreshChain;
}

/** Who is logged in where. A session ends by being deleted, for every process by its signal. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly refreshTokens: RefreshTokens,
    private readonly turns: SessionTurns,
    private readonly unitOfWork: UnitOfWork,
    private readonly signals: Signals,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    @Inject(authConfig.KEY) private readonly config: ConfigType<typeof authConfig>,
  ) {}

  prepare({ userId, userAgent, ip, transport, action }: SessionOpening): PreparedSession {
    const id = newId(sessionIds);
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + this.config.refreshTokenTtl);
    const { text, hash } = this.refreshTokens.root(id);
    const stored = {
      id,
      userId,
      device: deviceOf(userAgent),
      ip,
      transport,
      createdAt: now,
      authenticatedAt: now,
      lastUsedAt: now,
      expiresAt,
      refreshHash: hash,
      parentHash: null,
      rotatedAt: now,
    };
    return { id, refreshToken: text, expiresAt, action, stored };
  }

  /** Opens it, with its audit entry. Joins the running unit of work. */
  async open({ id, action, stored }: PreparedSession): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.sessions.insert(stored);
      const actor = { type: 'user', id: stored.userId } as const;
      await this.audit.record({ action, actor, target: { type: 'session', id } });
    });
  }

  async isActive(id: SessionId, userId: UserId): Promise<boolean> {
    return this.sessions.isActive(id, userId, this.clock.now());
  }

  /** When its user last proved who they are; null when it has ended. Reads the database. */
  async authenticatedAt(id: SessionId): Promise<Date | null> {
    return (await this.sessions.findLive(id, this.clock.now()))?.authenticatedAt ?? null;
  }

  list(userId: UserId, request: ListRequest<SessionSortField>): Promise<List<Session>> {
    return this.sessions.listLive(userId, this.clock.now(), request);
  }

  /** Does nothing when the session has ended already. */
  async logout(id: SessionId, userId: UserId): Promise<void> {
    await this.end(id, userId, 'auth.logout');
  }

  /** @throws DomainError not-found / SESSION_NOT_FOUND, also for a session of somebody else. */
  async endOne(id: SessionId, userId: UserId): Promise<void> {
    if (await this.end(id, userId, 'auth.session-ended')) return;
    throw new DomainError('not-found', 'SESSION_NOT_FOUND', 'Session not found');
  }

  /** Ends every session of the user, on their own demand, with an audit entry. */
  async logoutAll(userId: UserId): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.endAllOf(userId);
      await this.audit.record({ action: 'auth.logout-all', target: { type: 'user', id: userId } });
    });
  }

  /**
   * Ends every session of the user but one, as part of another change: joins its unit of work, and leaves the audit
   * entry to it.
   */
  async endAllOf(userId: UserId, options: { except?: SessionId } = {}): Promise<void> {
    await this.unitOfWork.run(async () => {
      const ended = await this.sessions.deleteAllOf(userId, options);
      await this.signals.emit(...ended.map((id) => ({ kind: 'session', id }) as const));
    });
  }

  private end(id: SessionId, userId: UserId, action: 'auth.logout' | 'auth.session-ended'): Promise<boolean> {
    const end = async (): Promise<boolean> => {
      if (!(await this.sessions.delete(id, userId))) return false;
      await this.signals.emit({ kind: 'session', id });
      await this.audit.record({ action, target: { type: 'session', id } });
      return true;
    };
    return this.turns.take(id, () => this.unitOfWork.run(end));
  }
}

function deviceOf(userAgent = ''): string {
  // Shown to people in their list of sessions: nothing that could break a line or a terminal.
  const printable = userAgent.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  return printable === '' ? 'unknown' : printable.slice(0, longestDevice);
}
