import type { Measurement } from './measure.js';

export type Bound = { readonly least: number } | { readonly most: number };

/** A figure beside what it should be. */
export interface Verdict {
  readonly name: string;
  /** What the figure is of. */
  readonly of: string;
  readonly target: string;
  readonly measured: number;
  /** The same by the CPU time of the processes; null where that says nothing. */
  readonly byCpu: number | null;
  readonly met: boolean;
}

/** Judged by what was measured; CPU time is told beside it. */
export function judge(
  what: { readonly name: string; readonly of: string },
  measured: number,
  bound: Bound,
  byCpu: number | null = null,
): Verdict {
  const isLeast = 'least' in bound;
  return {
    ...what,
    target: isLeast ? `>= ${bound.least}` : `<= ${bound.most}`,
    measured,
    byCpu,
    met: isLeast ? measured >= bound.least : measured <= bound.most,
  };
}

/** How much of the other's rate it reached. @throws Error when it was measured beside nothing. */
export function judgeRate({ name, of, ratio, ratioByCpu }: Measurement, least: number): Verdict {
  if (of === null || ratio === null) throw new Error(`${name} was held against nothing`);
  return judge({ name, of }, ratio, { least }, ratioByCpu);
}

/** How many times of what the other costs it costs. @throws Error as judgeRate. */
export function judgeCost({ name, of, ratio, ratioByCpu }: Measurement, most: number): Verdict {
  if (of === null || ratio === null) throw new Error(`${name} was held against nothing`);
  const inverse = (value: number): number => Number((1 / value).toFixed(3));
  return judge(
    { name, of: `${of}, cost` },
    inverse(ratio),
    { most },
    ratioByCpu === null ? null : inverse(ratioByCpu),
  );
}

/** What this run judged, and what it did not as an earlier one left it. */
export function withEarlier<Row extends { readonly name: string; readonly of: string | null }>(
  earlier: readonly Row[],
  rows: readonly Row[],
): Row[] {
  const isNew = ({ name, of }: Row): boolean => rows.some((row) => row.name === name && row.of === of);
  return [...earlier.filter((row) => !isNew(row)), ...rows];
}
