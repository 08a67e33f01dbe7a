import { describe, expect, it } from 'vitest';
import { roleIds, userIds, type RoleId, type UserId } from '../../common/ids.js';
import type { SignalListener } from '../../infrastructure/mongo/signals/signal-feed.js';
import { AccountCache } from './account-cache.js';

const id = userIds.parse('665f1c2e9b1e8a0012345678');
const other = userIds.parse('665f1c2e9b1e8a0012345679');
const roleId = roleIds.parse('665f1c2e9b1e8a001234567a');

/** A database whose answers come when the test says so. */
class Source {
  roleIds: readonly RoleId[] = [roleId];
  reads = 0;
  private gate: Promise<void> = Promise.resolve();

  hold(): () => void {
    let release: () => void = () => undefined;
    this.gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  async accountOf(user: UserId) {
    this.reads += 1;
    const { roleIds: found, gate } = this;
    await gate;
    return user === id ? { id, status: 'active' as const, roleIds: found } : null;
  }
}

class Feed {
  isFresh = true;
  private readonly listeners: SignalListener[] = [];

  onSignal(listener: SignalListener): void {
    this.listeners.push(listener);
  }

  tell(user: UserId): void {
    for (const listener of this.listeners) listener({ kind: 'user', id: user });
  }
}

function setUp() {
  const source = new Source();
  const feed = new Feed();
  return { source, feed, cache: new AccountCache(source, feed) };
}

describe('AccountCache', () => {
  it('reads once for any number of questions, until a signal tells of a change', async () => {
    const { source, feed, cache } = setUp();
    expect(cache.known(id)).toBeUndefined();
    await Promise.all(Array.from({ length: 50 }, () => cache.find(id)));
    expect(source.reads).toBe(1);
    expect(cache.known(id)?.roleIds).toEqual([roleId]);

    feed.tell(other);
    expect(cache.known(id)).toBeDefined();
    feed.tell(id);
    expect(cache.known(id)).toBeUndefined();
    await cache.find(id);
    expect(source.reads).toBe(2);
  });

  it('never keeps what was read before a change', async () => {
    const { source, feed, cache } = setUp();
    const release = source.hold();
    const before = cache.find(id);
    source.roleIds = [];
    feed.tell(id);
    const after = cache.find(id);
    release();
    expect((await before)?.roleIds).toEqual([roleId]);
    expect((await after)?.roleIds).toEqual([]);
    expect(cache.known(id)?.roleIds).toEqual([]);
  });

  it('reads each time while no signals are read, and keeps nothing of it', async () => {
    const { source, feed, cache } = setUp();
    await cache.find(id);
    feed.isFresh = false;
    expect(cache.known(id)).toBeUndefined();
    source.roleIds = [];
    expect((await cache.find(id))?.roleIds).toEqual([]);
    expect((await cache.find(id))?.roleIds).toEqual([]);
    expect(source.reads).toBe(3);
  });

  it('does not remember that there is no such user', async () => {
    const { source, cache } = setUp();
    expect(await cache.find(other)).toBeNull();
    expect(await cache.find(other)).toBeNull();
    expect(source.reads).toBe(2);
  });

  it('heals after a failed read', async () => {
    const { source, cache } = setUp();
    const read = source.accountOf.bind(source);
    source.accountOf = async () => {
      throw new Error('away');
    };
    await expect(cache.find(id)).rejects.toThrow('away');
    source.accountOf = read;
    expect((await cache.find(id))?.roleIds).toEqual([roleId]);
  });
});
