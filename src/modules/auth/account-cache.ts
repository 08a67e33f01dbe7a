import { AsyncResource } from 'node:async_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { UserId } from '../../common/ids.js';
import { SignalFeed } from '../../infrastructure/mongo/signals/signal-feed.js';
import { AccountsService } from '../users/accounts.service.js';

type Account = NonNullable<Awaited<ReturnType<AccountsService['accountOf']>>>;

const rememberedAccounts = 50_000;

/** Users as each request of theirs needs them: may they log in, and which roles do they hold? Kept true by signals. */
@Injectable()
export class AccountCache {
  // A load that happens to start inside a transaction must not read through it: others get its answer.
  private readonly outside = new AsyncResource('AccountCache');
  private readonly held = new LRUCache<UserId, Account>({ max: rememberedAccounts });
  private readonly loading = new Map<UserId, Promise<Account | null>>();

  constructor(
    @Inject(AccountsService) private readonly accounts: Pick<AccountsService, 'accountOf'>,
    @Inject(SignalFeed) private readonly feed: Pick<SignalFeed, 'isFresh' | 'onSignal'>,
  ) {
    feed.onSignal((signal) => {
      if (signal.kind === 'user') this.drop(signal.id);
    });
  }

  /** What is in memory and may be gone by; undefined when the database has to be asked. */
  known(id: UserId): Account | undefined {
    return this.feed.isFresh ? this.held.get(id) : undefined;
  }

  /**
   * Null when there is no such user, or they are deleted. Reads once for all who ask at the same time; each time while
   * no signals are read.
   * @throws the driver's error when the database has to be asked and is away.
   */
  async find(id: UserId): Promise<Account | null> {
    if (!this.feed.isFresh) return this.accounts.accountOf(id);
    return this.held.get(id) ?? this.loading.get(id) ?? this.load(id);
  }

  private load(id: UserId): Promise<Account | null> {
    const load = this.outside.runInAsyncScope(async () => {
      try {
        const account = await this.accounts.accountOf(id);
        // Dropped meanwhile: what was read may be from before the change.
        if (this.loading.get(id) === load && account !== null) this.held.set(id, account);
        return account;
      } finally {
        if (this.loading.get(id) === load) this.loading.delete(id);
      }
    });
    this.loading.set(id, load);
    return load;
  }

  private drop(id: UserId): void {
    this.held.delete(id);
    this.loading.delete(id);
  }
}
