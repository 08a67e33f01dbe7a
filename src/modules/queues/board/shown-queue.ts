import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Job, Queue } from 'bullmq';
import type { JobCatalogue } from '../../../jobs/catalogue/catalogue.js';

/** A queue as the board may see it: nothing to change, and of each job only what its type shows. */
export class ShownQueue extends BullMQAdapter {
  constructor(
    queue: Queue,
    private readonly catalogue: JobCatalogue,
  ) {
    super(queue, { readOnlyMode: true, allowRetries: false });
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    return job === undefined ? undefined : this.shown(job);
  }

  override async getJobs(...range: Parameters<BullMQAdapter['getJobs']>): Promise<Job[]> {
    const jobs = await super.getJobs(...range);
    return jobs.map((job) => this.shown(job));
  }

  /** Changes the copy that was just read, not what BullMQ holds. */
  private shown(job: Job): Job {
    job.data = this.shownPart(job.name, job.data);
    job.returnvalue = this.shownPart(job.name, job.returnvalue);
    job.stacktrace = [];
    return job;
  }

  private shownPart(name: string, value: unknown): unknown {
    if (typeof value === 'object' && value !== null) return this.catalogue.shown(name, { ...value });
    // A number or a flag gives nothing away; a text may.
    return typeof value === 'string' ? null : value;
  }
}
