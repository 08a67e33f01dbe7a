/** Of measured times, in whole milliseconds. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly worst: number;
}

export function spread(measured: readonly number[]): Spread {
  const sorted = measured.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return { count: sorted.length, median: at(0.5), p99: at(0.99), worst: at(1) };
}
