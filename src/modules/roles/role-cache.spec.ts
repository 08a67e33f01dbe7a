import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { permissionIds, roleIds } from '../../common/ids.js';
import type { SignalListener } from '../../infrastructure/mongo/signals/signal-feed.js';
import type { Role } from './role.js';
import { RoleCache } from './role-cache.js';

const id = roleIds.parse('665f1c2e9b1e8a0012345678');

function roleThatMay(...names: string[]): Role {
  const permissions = names.map((name, index) => {
    const [resource = '', action = ''] = name.split(':');
    return {
      id: permissionIds.parse(String(index).padStart(24, '0')),
      resource,
      action,
      createdAt: new Date(0),
    };
  });
  return {
    id,
    name: 'support',
    description: '',
    permissions,
    isSystem: false,
    revision: 1,
    createdAt: new Date(0),
  };
}

/** A database whose answers come when the test says so. */
class Source {
  roles: Role[] = [roleThatMay('users:read')];
  loads = 0;
  private gate: Promise<void> = Promise.resolve();

  hold(): () => void {
    let release: () => void = () => undefined;
    this.gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  async all(): Promise<Role[]> {
    this.loads += 1;
    const { roles, gate } = this;
    await gate;
    return roles;
  }
}

class Feed {
  isFresh = true;
  private readonly listeners: SignalListener[] = [];

  onSignal(listener: SignalListener): void {
    this.listeners.push(listener);
  }

  tellRoleChange(): void {
    for (const listener of this.listeners) listener({ kind: 'role', id });
  }
}

async function rightsIn(cache: RoleCache): Promise<string[]> {
  return [...(await cache.current()).permissionsOf([id])];
}

describe('RoleCache', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('reads once for any number of questions, and again when a signal tells of a change', async () => {
    const source = new Source();
    const feed = new Feed();
    const cache = new RoleCache(source, feed);
    await Promise.all(Array.from({ length: 50 }, () => cache.current()));
    source.roles = [roleThatMay('users:delete')];
    vi.advanceTimersByTime(3_600_000);
    expect(await rightsIn(cache)).toEqual(['users:read']);
    expect(source.loads).toBe(1);

    feed.tellRoleChange();
    expect(cache.known).toBeUndefined();
    expect(await rightsIn(cache)).toEqual(['users:delete']);
    expect(source.loads).toBe(2);
  });

  it('goes by memory for one second where no signals are read', async () => {
    const source = new Source();
    const feed = new Feed();
    feed.isFresh = false;
    const cache = new RoleCache(source, feed);
    await cache.current();
    source.roles = [roleThatMay('users:delete')];
    vi.advanceTimersByTime(999);
    expect(await rightsIn(cache)).toEqual(['users:read']);
    vi.advanceTimersByTime(1);
    expect(await rightsIn(cache)).toEqual(['users:delete']);
  });

  it('never keeps what was read before a change', async () => {
    const source = new Source();
    const feed = new Feed();
    const cache = new RoleCache(source, feed);
    const release = source.hold();
    const before = cache.current();

    source.roles = [roleThatMay('users:delete')];
    feed.tellRoleChange();
    const after = rightsIn(cache);
    release();
    await before;
    expect(await after).toEqual(['users:delete']);
    expect(await rightsIn(cache)).toEqual(['users:delete']);
  });

  it('fails rather than answer from what has changed, and heals by itself', async () => {
    const source = new Source();
    const feed = new Feed();
    const cache = new RoleCache(source, feed);
    await cache.current();
    feed.tellRoleChange();
    const reading = vi.spyOn(source, 'all').mockRejectedValueOnce(new Error('away'));
    await expect(cache.current()).rejects.toThrow('away');
    expect(await rightsIn(cache)).toEqual(['users:read']);
    expect(reading).toHaveBeenCalledTimes(2);
  });

  it('finds roles by id and by name, and allows nothing to a role that is gone', async () => {
    const snapshot = await new RoleCache(new Source(), new Feed()).current();
    expect(snapshot.find(id)?.name).toBe('support');
    expect(snapshot.find('support')?.id).toBe(id);
    expect(snapshot.find('nobody')).toBeUndefined();
    expect([...snapshot.permissionsOf([roleIds.parse('0'.repeat(24))])]).toEqual([]);
  });
});
