/** How often a job is tried: once, and once more after each pause. */
export function attemptsOf(ladder: readonly number[]): number {
  return ladder.length + 1;
}

/** Milliseconds to wait after the attempt with this number (counts from 1) has failed. */
export function pauseAfter(ladder: readonly number[], attempt: number): number {
  return ladder[Math.min(attempt, ladder.length) - 1] ?? 0;
}
