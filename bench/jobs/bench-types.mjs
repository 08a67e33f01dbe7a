// Types of jobs that only the bench knows, in a queue of their own.
import { IsInt } from 'class-validator';

export class BenchPayload {}
IsInt()(BenchPayload.prototype, 'number');

const benchType = (name) => ({
  name,
  queue: 'bench',
  payload: BenchPayload,
  access: 'public',
  permission: 'queues:enqueue',
  shows: ['number'],
  timeout: 60_000,
});

/** Takes its time and changes nothing. */
export const waitType = benchType('bench-wait');
/** One insert, in one transaction with its mark. */
export const effectType = benchType('bench-effect');

/** Before the modules of a program load: the catalogue reads its list then. */
export async function declareBenchTypes() {
  const { jobTypes } = await import('../../dist/jobs/catalogue/catalogue.js');
  jobTypes.push(waitType, effectType);
}
