/**
 * Milliseconds of the fastest try: what else the machine does only adds to them. Ends with the first try that takes less
 * than `limit`, so that a good one is enough on an idle machine.
 */
export async function fastest(limit: number, work: () => Promise<unknown>, tries = 20): Promise<number> {
  let least = Infinity;
  for (let left = tries; left > 0 && least >= limit; left -= 1) {
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** Of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) / 2] ?? Number.NaN;
}
