import { Injectable } from '@nestjs/common';
import type { UserId } from '../../common/ids.js';
import { CacheService } from '../../infrastructure/cache/cache.service.js';
import type { CachedThing } from '../../infrastructure/cache/cached-thing.js';
import type { KeyedCache } from '../../infrastructure/cache/keyed-cache.js';
import type { SafeUser } from './user.types.js';

type Dates = 'createdAt' | 'updatedAt' | 'lastLoginAt' | 'deletedAt';

/** A user as JSON carries it. */
type StoredUser = Omit<SafeUser, Dates> & {
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastLoginAt: string | null;
  readonly deletedAt: string | null;
};

const textOf = (date: Date | null): string | null => date?.toISOString() ?? null;
const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** Users by id, their roles by name: ended by a change of the user, and by one of any role. */
const cachedUser: CachedThing<SafeUser, StoredUser> = {
  name: 'user',
  ttl: 300,
  endedBy: (signal) => (signal.kind === 'user' ? signal.id : signal.kind === 'role' ? '*' : undefined),
  codec: {
    store: (user) => ({
      ...user,
      createdAt: user.createdAt.toISOString(),
      updatedAt: user.updatedAt.toISOString(),
      lastLoginAt: textOf(user.lastLoginAt),
      deletedAt: textOf(user.deletedAt),
    }),
    restore: (stored) => ({
      ...stored,
      createdAt: new Date(stored.createdAt),
      updatedAt: new Date(stored.updatedAt),
      lastLoginAt: dateOf(stored.lastLoginAt),
      deletedAt: dateOf(stored.deletedAt),
    }),
  },
};

/** The users that were asked for lately, as whoever may see them sees them: what differs by caller is not in here. */
@Injectable()
export class UserCache {
  private readonly users: KeyedCache<SafeUser, StoredUser>;

  constructor(private readonly cache: CacheService) {
    this.users = cache.of(cachedUser);
  }

  /**
   * No promise when this process holds the user: it costs more than the look-up.
   * Rejects with what `load` throws, such as for a user who is gone; that is not remembered.
   */
  get(id: UserId, load: () => Promise<SafeUser>): SafeUser | Promise<SafeUser> {
    return this.users.peek(id) ?? this.users.wrap(id, load);
  }

  /** For a change that no signal about the user tells of. Joins the running unit of work. */
  async forget(id: UserId): Promise<void> {
    await this.cache.del(cachedUser.name, id);
  }
}
