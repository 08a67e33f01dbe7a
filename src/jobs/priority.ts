import type { JobPriority } from './job-row.js';

// BullMQ runs the lowest number first, and those with 0 before all others.
const numbers: Readonly<Record<JobPriority, number>> = { CRITICAL: 1, HIGH: 2, NORMAL: 3, LOW: 4 };

/** The number that BullMQ is given for a priority. */
export function bullPriority(priority: JobPriority): number {
  return numbers[priority];
}
