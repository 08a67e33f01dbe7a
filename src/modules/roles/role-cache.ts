import { AsyncResource } from 'node:async_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { roleIds, type RoleId } from '../../common/ids.js';
import type { PermissionName } from '../../common/principal.js';
import { SignalFeed } from '../../infrastructure/mongo/signals/signal-feed.js';
import { permissionName, type Role } from './role.js';
import { RolesRepository } from './roles.repository.js';

/** Milliseconds for which roles are gone by where no signal tells of a change: in a process that follows none. */
const ageWithoutSignals = 1_000;

/** All roles as they were at one moment. */
export class RoleSnapshot {
  private readonly byId: ReadonlyMap<RoleId, Role>;
  private readonly byName: ReadonlyMap<string, Role>;
  private readonly unions = new Map<string, ReadonlySet<PermissionName>>();

  constructor(roles: readonly Role[]) {
    this.byId = new Map(roles.map((role) => [role.id, role]));
    this.byName = new Map(roles.map((role) => [role.name, role]));
  }

  /** By id or by name; no name looks like an id. */
  find(reference: string): Role | undefined {
    return roleIds.is(reference) ? this.byId.get(reference) : this.byName.get(reference);
  }

  /** What the roles allow together; a role that is gone allows nothing. Made once for each combination. */
  permissionsOf(ids: readonly RoleId[]): ReadonlySet<PermissionName> {
    const key = ids.join();
    let union = this.unions.get(key);
    if (union === undefined) {
      union = new Set(ids.flatMap((id) => this.byId.get(id)?.permissions.map(permissionName) ?? []));
      this.unions.set(key, union);
    }
    return union;
  }
}

/**
 * Keeps the roles in memory, so that a request needs no read to know what its principal may do. A signal of a changed
 * role empties it.
 */
@Injectable()
export class RoleCache {
  // A load that happens to start inside a transaction must neither read through it nor be seen by others if it
  // rolls back: loads run in the scope in which this object was made.
  private readonly outside = new AsyncResource('RoleCache');
  private held: { readonly snapshot: RoleSnapshot; readonly since: number } | undefined;
  private loading: Promise<RoleSnapshot> | undefined;
  private generation = 0;

  constructor(
    @Inject(RolesRepository) private readonly repository: Pick<RolesRepository, 'all'>,
    @Inject(SignalFeed) private readonly feed: Pick<SignalFeed, 'isFresh' | 'onSignal'>,
  ) {
    feed.onSignal(({ kind }) => {
      if (kind === 'role') this.invalidate();
    });
  }

  /** What is in memory and may be gone by; undefined when the database has to be asked. */
  get known(): RoleSnapshot | undefined {
    const { held } = this;
    if (held === undefined) return undefined;
    return this.feed.isFresh || performance.now() - held.since < ageWithoutSignals
      ? held.snapshot
      : undefined;
  }

  /** @throws the driver's error when the roles have to be read and the database is away. */
  async current(): Promise<RoleSnapshot> {
    return this.known ?? (this.loading ??= this.outside.runInAsyncScope(() => this.load()));
  }

  /** Drops what is held: the next question reads the database. A load that runs already is not kept. */
  invalidate(): void {
    this.generation += 1;
    this.held = undefined;
    this.loading = undefined;
  }

  private async load(): Promise<RoleSnapshot> {
    const { generation } = this;
    const since = performance.now();
    try {
      const snapshot = new RoleSnapshot(await this.repository.all());
      if (generation === this.generation) this.held = { snapshot, since };
      return snapshot;
    } finally {
      if (generation === this.generation) this.loading = undefined;
    }
  }
}
