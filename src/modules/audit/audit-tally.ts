import type { AuditEntry } from './audit-entry.js';

/** Milliseconds for which the acts of one kind become one entry. */
export const tallyWindow = 60_000;

interface Series {
  /** The first act that is not taken yet; `count` is of all since. */
  waiting: AuditEntry | undefined;
  count: number;
  /** Milliseconds since 1970; undefined until something of it was taken. */
  takenAt: number | undefined;
}

/**
 * Counts refusals and failures: of one actor, address and action, the first becomes an entry at once and what follows
 * within a minute one more, with its count. Its size is bounded: once `largest` kinds are known, further ones are
 * counted together, by action, while those that are known go on by themselves.
 */
export class AuditTally {
  private readonly series = new Map<string, Series>();

  constructor(private readonly largest: number) {}

  add(entry: AuditEntry): void {
    const key = keyOf(entry);
    if (this.series.has(key) || this.series.size < this.largest) this.count(key, entry);
    else this.count(`${entry.action} ${entry.outcome}`, withoutOrigin(entry));
  }

  /** What is due at `now`, in milliseconds since 1970; of each kind at most one entry a minute. */
  take(now: number): AuditEntry[] {
    return this.takeWhere(({ takenAt }) => takenAt === undefined || now - takenAt >= tallyWindow, now);
  }

  /** Everything, due or not: at the end of the process. */
  takeAll(now: number): AuditEntry[] {
    return this.takeWhere(() => true, now);
  }

  get size(): number {
    return this.series.size;
  }

  private count(key: string, entry: AuditEntry): void {
    const series = this.series.get(key) ?? { waiting: undefined, count: 0, takenAt: undefined };
    series.waiting ??= entry;
    series.count += 1;
    this.series.set(key, series);
  }

  private takeWhere(isDue: (series: Series) => boolean, now: number): AuditEntry[] {
    const taken: AuditEntry[] = [];
    for (const [key, series] of this.series) {
      if (!isDue(series)) continue;
      if (series.waiting === undefined) {
        this.series.delete(key);
        continue;
      }
      taken.push({ ...series.waiting, count: series.count });
      Object.assign(series, { waiting: undefined, count: 0, takenAt: now });
    }
    return taken;
  }
}

function keyOf({ actor, ip, action, outcome }: AuditEntry): string {
  return JSON.stringify([actor.type, actor.id, ip, action, outcome]);
}

function withoutOrigin(entry: AuditEntry): AuditEntry {
  return {
    ...entry,
    actor: { type: 'system', id: 'audit-overflow' },
    target: { type: entry.target.type, id: '*' },
    changes: {},
    ip: null,
    requestId: null,
  };
}
