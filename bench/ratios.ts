/** The middle value; the mean of both for an even count. @throws Error for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle];
  const low = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  if (high === undefined || low === undefined) throw new Error('no values');
  return (high + low) / 2;
}

/**
 * What `values` are of `base`, as the median of the ratios of each round: both of a round met the same machine in the
 * same mood, which a ratio of two averages does not have.
 */
export function ratioByRounds(values: readonly number[], base: readonly number[]): number {
  const pairs = values.slice(0, base.length);
  return median(pairs.map((value, round) => value / (base[round] ?? value)));
}
