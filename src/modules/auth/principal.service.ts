import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { LRUCache } from 'lru-cache';
import { DomainError } from '../../common/domain-error.js';
import type { SessionId, UserId } from '../../common/ids.js';
import type { UserPrincipal } from '../../common/principal.js';
import { authConfig } from '../../config/auth.config.js';
import { SignalFeed } from '../../infrastructure/mongo/signals/signal-feed.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { AccessClaims } from './access-tokens.js';
import { UserRights, type Rights } from './user-rights.js';

const rememberedSessions = 50_000;
/** Milliseconds after which a database that does not answer is taken for one that is away. */
const timeLimit = 2_000;

/**
 * From a verified token to who is asking now: the token says who logged in, signals and memory whether that still
 * holds. Where no signals are read the database is asked for each request; where it is away, too, nobody gets in.
 */
@Injectable()
export class PrincipalService {
  /** Sessions that were seen in the database, and whose they are. Whether one has ended since, the signals tell. */
  private readonly seen: LRUCache<SessionId, UserId>;

  constructor(
    private readonly sessions: SessionsService,
    private readonly rights: UserRights,
    private readonly feed: SignalFeed,
    @Inject(authConfig.KEY) { accessTokenTtl }: ConfigType<typeof authConfig>,
  ) {
    this.seen = new LRUCache({ max: rememberedSessions, ttl: accessTokenTtl, ttlResolution: 1_000 });
  }

  /**
   * From memory alone; undefined when the database has to be asked.
   * @throws DomainError unauthenticated / SESSION_ENDED.
   */
  known({ userId, sessionId }: AccessClaims): UserPrincipal | undefined {
    if (this.feed.isEnded('session', sessionId)) throw sessionEnded();
    if (!this.feed.isFresh || this.seen.get(sessionId) !== userId) return undefined;
    const permissions = this.rights.known(userId);
    return permissions === undefined ? undefined : principal(userId, sessionId, permissions);
  }

  /**
   * @throws DomainError unauthenticated / SESSION_ENDED when the session is over or its user may not log in any more;
   * unavailable / DATABASE_UNAVAILABLE, or the driver's error, when that cannot be known.
   */
  async principalOf({ userId, sessionId }: AccessClaims): Promise<UserPrincipal> {
    const [isActive, permissions] = await inTime(
      Promise.all([this.isActive(sessionId, userId), this.rights.of(userId)]),
    );
    // Once more: its signal may have arrived since it was read.
    if (!isActive || this.feed.isEnded('session', sessionId)) throw sessionEnded();
    return principal(userId, sessionId, permissions);
  }

  private async isActive(sessionId: SessionId, userId: UserId): Promise<boolean> {
    if (this.feed.isEnded('session', sessionId)) return false;
    if (this.feed.isFresh && this.seen.get(sessionId) === userId) return true;
    const isActive = await this.sessions.isActive(sessionId, userId);
    if (isActive) this.seen.set(sessionId, userId);
    return isActive;
  }
}

function principal(userId: UserId, sessionId: SessionId, permissions: Rights | null): UserPrincipal {
  if (permissions === null) throw sessionEnded();
  return { kind: 'user', userId, sessionId, permissions };
}

function sessionEnded(): DomainError {
  return new DomainError('unauthenticated', 'SESSION_ENDED', 'The session has ended: log in again');
}

async function inTime<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable()), timeLimit);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(): DomainError {
  return new DomainError(
    'unavailable',
    'DATABASE_UNAVAILABLE',
    'The service cannot tell now who is asking, please try again.',
    { retryAfter: 1 },
  );
}
