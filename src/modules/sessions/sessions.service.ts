import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { sessionIds, type SessionId, type UserId } from '../../common/ids.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { SessionsRepository } from './sessions.repository.js';

const longestDevice = 200;

export interface SessionOpening {
  readonly userId: UserId;
  /** The User-Agent header as it came. */
  readonly userAgent: string | undefined;
  readonly ip: string;
  /** Milliseconds. */
  readonly lifetime: number;
}

/** Who is logged in where. A session ends by being deleted. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly clock: Clock,
  ) {}

  async open({ userId, userAgent, ip, lifetime }: SessionOpening): Promise<SessionId> {
    const id = newId(sessionIds);
    const now = this.clock.now();
    await this.sessions.insert({
      id,
      userId,
      device: deviceOf(userAgent),
      ip,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + lifetime),
    });
    return id;
  }

  async isActive(id: SessionId, userId: UserId): Promise<boolean> {
    return this.sessions.isActive(id, userId, this.clock.now());
  }

  /** Does nothing when the session has ended already. */
  async end(id: SessionId, userId: UserId): Promise<void> {
    await this.sessions.delete(id, userId);
  }

  /** Ends every session of the user. Joins the running unit of work. */
  async endAllOf(userId: UserId): Promise<void> {
    await this.sessions.deleteAllOf(userId);
  }
}

function deviceOf(userAgent = ''): string {
  // Shown to people in their list of sessions: nothing that could break a line or a terminal.
  const printable = userAgent.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  return printable === '' ? 'unknown' : printable.slice(0, longestDevice);
}
