// Types of jobs that only the fault tests know, in a queue of their own.
import 'reflect-metadata';
import { IsBoolean, IsInt, IsOptional } from 'class-validator';

/**
 * number: names the effect. work, block: milliseconds before it, asleep or with a busy event loop. failures: attempts
 * that fail first. hopeless: fails for good until it is mended. held: runs on, with progress, until it is mended by its
 * number. deadly: kills its process. traced: each start is written down.
 */
export class FaultPayload {}

for (const field of ['number', 'work', 'block', 'failures']) IsInt()(FaultPayload.prototype, field);
for (const field of ['hopeless', 'held', 'deadly', 'traced']) IsBoolean()(FaultPayload.prototype, field);
for (const field of ['work', 'block', 'failures', 'hopeless', 'held', 'deadly', 'traced']) {
  IsOptional()(FaultPayload.prototype, field);
}

export const faultType = {
  name: 'fault',
  queue: 'faults',
  payload: FaultPayload,
  access: 'public',
  permission: 'queues:enqueue',
  shows: ['number'],
  timeout: 60_000,
};

/** Before the modules of a program load: the catalogue reads its list then. */
export async function declareFaultType() {
  const { jobTypes } = await import('../../../dist/jobs/catalogue/catalogue.js');
  jobTypes.push(faultType);
}
