import { Injectable } from '@nestjs/common';
import { processItems, type ProcessItemsPayload } from '../../../jobs/catalogue/process-items.js';
import { Once } from '../../../jobs/once/once.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../../jobs/worker/job-handler.js';
import { ProcessedItemsRepository } from './processed-items.repository.js';

/** Items that are taken in together: what one transaction holds, and what a crash repeats at most. */
const chunk = 100;

/** Takes a list in by chunks: each chunk once, whatever interrupts the job between them. */
@Injectable()
@JobHandler(processItems.name)
export class ProcessItemsHandler implements JobHandlerHost<ProcessItemsPayload> {
  constructor(
    private readonly once: Once,
    private readonly items: ProcessedItemsRepository,
  ) {}

  async handle(job: RunningJob<ProcessItemsPayload>): Promise<{ processed: number }> {
    const { items } = job.data;
    for (let first = 0; first < items.length; first += chunk) {
      job.signal.throwIfAborted();
      const part = items.slice(first, first + chunk);
      await this.once.inDatabase(job.id, `items-${first}`, () => this.items.insert(job.id, first, part));
      const done = first + part.length;
      job.progress(Math.floor((done / items.length) * 100), `${done} of ${items.length} items`);
    }
    return { processed: items.length };
  }
}
