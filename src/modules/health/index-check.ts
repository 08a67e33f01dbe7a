import { Inject, Injectable } from '@nestjs/common';
import { DatabaseIndexes } from '../../infrastructure/mongo/database-indexes.js';
import { checkTimeLimit } from './limits.js';
import { SharedCheck } from './shared-check.js';

/** How long a finding is good for, in milliseconds. */
const completeFor = 60_000;
const incompleteFor = 2_000;

/** Whether the database has the indexes that the schemas declare; the answer is remembered for a while. */
@Injectable()
export class IndexCheck {
  private missing: readonly string[] | undefined;
  private freshUntil = 0;
  private readonly check: SharedCheck<readonly string[]>;

  constructor(@Inject(DatabaseIndexes) indexes: Pick<DatabaseIndexes, 'missing'>) {
    this.check = new SharedCheck(() => indexes.missing(), checkTimeLimit);
  }

  /** The names of what is missing; undefined while the database has not told it once. */
  async run(): Promise<readonly string[] | undefined> {
    if (performance.now() < this.freshUntil) return this.missing;
    const refreshed = this.refresh();
    // Nothing but an operator drops an index: who found all of them there does not wait to hear it again, and an
    // outage that keeps the question from being answered is told by the check of the database itself.
    if (this.missing?.length === 0) return this.missing;
    await refreshed;
    return this.missing;
  }

  private async refresh(): Promise<void> {
    const outcome = await this.check.run();
    if (!outcome.up) return;
    this.missing = outcome.value;
    this.freshUntil = performance.now() + (outcome.value.length === 0 ? completeFor : incompleteFor);
  }
}
