import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { JobId } from '../../common/ids.js';

/** One attempt of a job, as its handler sees it. */
export interface RunningJob<Payload extends object = object> {
  readonly id: JobId;
  readonly data: Payload;
  /** Counts from 1. */
  readonly attempt: number;
  /** Aborted when the time is up, the job is cancelled or the process drains; what goes on after that is in vain. */
  readonly signal: AbortSignal;
  /** Says how far it is: percent from 0 to 100 and a few words. Call it as often as you like. */
  readonly progress: (percent: number, note?: string) => void;
}

/** Does one type of job. A job may run again at any time: put each effect into Once. */
export interface JobHandlerHost<Payload extends object = object> {
  /**
   * @returns what REST shows as the result; must survive JSON.
   * @throws UnrecoverableError of bullmq when another attempt would be in vain; anything else is tried again.
   */
  handle(job: RunningJob<Payload>): Promise<unknown>;
}

export const jobHandlerMetadata = 'nexus:job-handler';

/** Marks a provider as the handler of the catalogue's type with this name. */
export const JobHandler = (name: string): CustomDecorator => SetMetadata(jobHandlerMetadata, name);
