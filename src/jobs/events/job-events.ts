import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { BackgroundLoop } from '../../common/background-loop.js';
import { farewell } from '../../common/ends-within.js';
import type { JobId } from '../../common/ids.js';
import { JobLedger, type JobView } from '../job-ledger.js';
import type { JobProgress } from '../job-progress.js';
import { HintSubscriber } from './hint-subscriber.js';
import { changeBetween, isOver, type JobChange } from './job-change.js';
import type { JobHint } from './job-hints.js';

/** Milliseconds in which hints about several jobs become one read. */
const collecting = 50;
/** How often all that is followed is looked at: where no hint arrives, and where some do. */
const [lookUnheard, lookHeard] = [2_000, 10_000];
/** Jobs that are looked at together. */
const batch = 50;

export type JobListener = (change: JobChange, job: JobView) => void;

interface Followed {
  last: JobView;
  readonly listeners: Set<JobListener>;
}

/** Tells what becomes of single jobs: hints make it prompt, the ledger makes it true. */
@Injectable()
export class JobEvents implements BeforeApplicationShutdown {
  private readonly logger = new Logger(JobEvents.name);
  private readonly followed = new Map<JobId, Followed>();
  private readonly dirty = new Set<JobId>();
  private readonly loop = new BackgroundLoop(collecting, () => this.round());
  private lookedAt = performance.now();

  constructor(
    private readonly ledger: JobLedger,
    private readonly subscriber: HintSubscriber,
  ) {
    subscriber.onHint((queue, hint) => this.heard(queue, hint));
  }

  /**
   * Tells each change of an open job after `job`, the last of them once. Call the function that it returns to hear no
   * more.
   */
  follow(job: JobView, listener: JobListener): () => void {
    const entry = this.followed.get(job.id) ?? { last: job, listeners: new Set() };
    this.followed.set(job.id, entry);
    entry.listeners.add(listener);
    this.subscriber.follow(job.queue);
    // It may have changed since it was read.
    this.dirty.add(job.id);
    this.loop.start();
    return () => this.unfollow(entry, listener);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await farewell(this.logger, this.loop.stop());
  }

  private unfollow(entry: Followed, listener: JobListener): void {
    entry.listeners.delete(listener);
    if (entry.listeners.size === 0 && this.followed.get(entry.last.id) === entry) this.forget(entry.last);
  }

  private forget({ id, queue }: JobView): void {
    this.followed.delete(id);
    this.dirty.delete(id);
    const isLast = ![...this.followed.values()].some(({ last }) => last.queue === queue);
    if (isLast) this.subscriber.unfollow(queue);
  }

  private heard(queue: string, hint: JobHint): void {
    if (hint.kind === 'progress') return this.progressed(queue, hint.id, hint.progress);
    for (const id of hint.ids) if (this.followed.has(id)) this.dirty.add(id);
  }

  private progressed(queue: string, id: JobId, { percent, note }: JobProgress): void {
    const entry = this.followed.get(id);
    if (entry?.last.queue !== queue) return;
    const { status } = entry.last;
    if (status.status !== 'processing') return void this.dirty.add(id);
    const { note: _, ...rest } = status;
    this.see({
      ...entry.last,
      progress: percent,
      status: { ...rest, progress: percent, ...(note !== undefined && { note }) },
    });
  }

  private async round(): Promise<void> {
    const pause = this.subscriber.isHearing ? lookHeard : lookUnheard;
    if (performance.now() - this.lookedAt > pause) {
      for (const id of this.followed.keys()) this.dirty.add(id);
      this.lookedAt = performance.now();
    }
    const ids = [...this.dirty];
    this.dirty.clear();
    for (let first = 0; first < ids.length; first += batch) await this.look(ids.slice(first, first + batch));
  }

  private async look(ids: readonly JobId[]): Promise<void> {
    try {
      for (const job of await this.ledger.findMany(ids)) this.see(job);
    } catch (error) {
      // The next look at everything finds it.
      this.logger.debug({ err: error }, 'jobs that are followed cannot be looked at now');
    }
  }

  private see(job: JobView): void {
    const entry = this.followed.get(job.id);
    if (entry === undefined) return;
    const change = changeBetween(entry.last, job);
    entry.last = job;
    if (change === undefined) return;
    if (isOver(job.status)) this.forget(job);
    for (const listener of entry.listeners) listener(change, job);
  }
}
