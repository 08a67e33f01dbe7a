import type { Schedule } from './schedule.js';
import { tickAfter, tickUntil } from './timing.js';

/** Milliseconds by which a tick may be late without having been missed: a restart, a short outage. */
export const grace = 30_000;

export interface DueTicks {
  /** Those that make a job, in order. */
  readonly run: readonly Date[];
  /** The first tick after now. */
  readonly next: Date;
}

/**
 * What to do about a schedule whose next tick has come. Ticks within the grace run each; of those before it the last
 * one runs, or none, as the schedule says.
 */
export function dueTicks(schedule: Schedule, first: Date, now: Date): DueTicks {
  const limit = new Date(now.getTime() - grace);
  const run: Date[] = [];
  if (first <= limit && schedule.missed === 'run-once') run.push(laterOf(first, tickUntil(schedule, limit)));
  let tick = first > limit ? first : tickAfter(schedule, limit);
  for (; tick <= now; tick = tickAfter(schedule, tick)) run.push(tick);
  return { run, next: tick };
}

function laterOf(one: Date, other: Date): Date {
  return one > other ? one : other;
}
