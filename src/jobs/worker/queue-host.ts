import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import type { Job, WorkerOptions } from 'bullmq';
import type { JobRunner } from './job-runner.js';
import type { Lane } from './lane.js';

/** The one processor of a queue. It is made when the settings are known, which a plain decorator would be too early for. */
export function createQueueHost(
  queue: string,
  options: WorkerOptions,
  runner: JobRunner,
  lane: Lane,
): WorkerHost {
  const logger = new Logger(`Queue ${queue}`);

  @Processor(queue, options)
  class QueueHost extends WorkerHost {
    override process(job: Job, token?: string): Promise<unknown> {
      this.worker.concurrency = lane.wanted;
      return runner.run(job, token, lane);
    }

    @OnWorkerEvent('failed')
    async failed(job: Job | undefined, error: Error): Promise<void> {
      if (job?.finishedOn !== undefined) await runner.buried(job, error);
    }

    @OnWorkerEvent('error')
    error(error: Error): void {
      logger.debug({ err: error }, 'BullMQ reports an error');
    }
  }
  return new QueueHost();
}
