import { IsArray, IsInt, IsString, Min } from 'class-validator';
import { jobType } from './job-type.js';

export class DeadLetterAlertPayload {
  @IsString()
  queue!: string;

  /** How many jobs of the queue failed for good since the alert before. */
  @IsInt()
  @Min(1)
  jobs!: number;

  /** Some of them. */
  @IsArray()
  @IsString({ each: true })
  ids!: readonly string[];

  /** The types that they are of. */
  @IsArray()
  @IsString({ each: true })
  names!: string[];
}

/** Tells the operators that jobs failed for good. */
export const deadLetterAlert = jobType({
  name: 'dead-letter-alert',
  queue: 'email',
  payload: DeadLetterAlertPayload,
  access: 'internal',
  shows: ['queue', 'jobs', 'ids', 'names'],
  timeout: 60_000,
});
