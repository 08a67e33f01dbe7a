import type { Logger } from '@nestjs/common';

/** Milliseconds for which the end of the process waits for one thing that is under way. */
const longestFarewell = 3_000;

/** Whether the work is over after `limit` milliseconds at most. @throws what the work throws by then. */
export async function endsWithin(limit: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limit);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for the last work of a shutdown hook, and says so when it does not end in time: Nest calls the hooks one after
 * the other, so one that waits for a database or a Redis that does not answer would keep all others from their turn.
 * @throws what the work throws in time.
 */
export async function farewell(logger: Logger, work: Promise<unknown>): Promise<void> {
  if (await endsWithin(longestFarewell, work)) return;
  logger.warn(
    `still at work ${longestFarewell / 1_000} s after the process was to end: it ends without that`,
  );
}
