import { Injectable } from '@nestjs/common';
import { BackgroundService } from '../../common/background-service.js';
import { Clock } from '../../common/clock.js';
import type { AuditEntry } from './audit-entry.js';
import { AuditRepository } from './audit.repository.js';
import { AuditTally } from './audit-tally.js';

/** Milliseconds. */
const interval = 2_000;
/** Kinds of acts, by actor, address and action, that are told apart in any minute. */
const mostKinds = 1_000;
const longestTarget = 320;
/** Characters of JSON: of a larger one the entry goes without. */
const largestChanges = 2_000;

/**
 * What nobody may have to wait for: refusals and failures on their way to the database. They are written every few
 * seconds, and again until they are written; a process that is killed takes those of its last seconds with it.
 */
@Injectable()
export class AuditBuffer extends BackgroundService {
  private readonly tally = new AuditTally(mostKinds);
  /** Taken from the tally and perhaps written: sent again as they are, so that none is there twice. */
  private unwritten: readonly AuditEntry[] = [];

  constructor(
    private readonly entries: AuditRepository,
    private readonly clock: Clock,
  ) {
    super({ pause: interval, failing: 'refusals and failures are audited later' });
  }

  /** Never throws, never waits, and holds a bounded amount whatever comes. */
  add(entry: AuditEntry): void {
    this.tally.add(withinBounds(entry));
  }

  protected override async round(): Promise<void> {
    if (this.unwritten.length === 0) this.unwritten = this.tally.take(this.clock.now().getTime());
    await this.write();
  }

  /** What failed before, if anything, and then the rest. */
  protected override async lastWords(): Promise<void> {
    await this.write();
    this.unwritten = this.tally.takeAll(this.clock.now().getTime());
    await this.write();
  }

  private async write(): Promise<void> {
    if (this.unwritten.length === 0) return;
    await this.entries.insertMissing(this.unwritten);
    this.unwritten = [];
  }
}

function withinBounds(entry: AuditEntry): AuditEntry {
  const { target, changes } = entry;
  return {
    ...entry,
    target: { type: target.type, id: target.id.slice(0, longestTarget) },
    changes: JSON.stringify(changes).length > largestChanges ? {} : changes,
  };
}
