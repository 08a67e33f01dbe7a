import type { RecordableHistogram } from 'node:perf_hooks';
import { newLatencies } from './latencies.js';
import { median, ratioByRounds } from './ratios.js';

/** What one side did in one slice of time. */
export interface Slice {
  readonly requestsPerSecond: number;
  /** CPU time of the process under measurement a request, in microseconds; undefined where the kernel does not tell. */
  readonly cpuPerRequest: number | undefined;
  /** Answers other than the expected one, and broken connections. */
  readonly errors: number;
}

/** One of those that take turns. */
export interface Side {
  readonly name: string;
  /** Latencies, in microseconds, are added to the histogram by whoever knows them. */
  run(seconds: number, latencies?: RecordableHistogram): Promise<Slice>;
}

/** What one side did in all rounds. */
export interface Series {
  readonly name: string;
  readonly slices: readonly Slice[];
  readonly latencies: RecordableHistogram;
}

export interface Measurement {
  readonly name: string;
  /** Requests a second, the median of the rounds. */
  readonly requestsPerSecond: number;
  /** What it is held against; null for what only others are held against. */
  readonly of: string | null;
  /** Its rate as a share of the other's, the median of the ratios of each round. */
  readonly ratio: number | null;
  /** CPU time of its process a request, in microseconds; null where the kernel does not tell. */
  readonly cpuPerRequest: number | null;
  /** The other's CPU time a request over its own: what the ratio would be on a machine without neighbours. */
  readonly ratioByCpu: number | null;
  /** Milliseconds over all rounds; null where nobody looked. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly errors: number;
}

export interface Plan {
  readonly rounds: number;
  /** Seconds a slice. */
  readonly slice: number;
  /** Seconds of load a side before anything counts. */
  readonly warmUp: number;
}

/** Runs the sides in turns, one at a time, each for a slice. */
export async function alternate(
  sides: readonly Side[],
  plan: Plan,
  report: (line: string) => void,
): Promise<Series[]> {
  const runs = sides.map((side) => ({ side, slices: new Array<Slice>(), latencies: newLatencies() }));
  for (const { side } of runs) {
    const { errors } = await side.run(plan.warmUp);
    if (errors > 0) throw new Error(`${side.name}: ${errors} requests of the warm-up failed`);
  }
  for (let round = 0; round < plan.rounds; round++) {
    // There and back again: a machine that gets slower or faster during a round favours nobody.
    for (const run of round % 2 === 0 ? runs : runs.toReversed()) {
      run.slices.push(await run.side.run(plan.slice, run.latencies));
    }
    report(`round ${round + 1} of ${plan.rounds} done`);
  }
  return runs.map(({ side, slices, latencies }) => ({ name: side.name, slices, latencies }));
}

/** The figures of a series, beside another's of the same rounds. */
export function measurementOf({ name, slices, latencies }: Series, base?: Series): Measurement {
  const rates = slices.map(rateOf);
  const cpu = cpuTimes(slices);
  const baseCpu = base && cpuTimes(base.slices);
  const knowsLatencies = latencies.count > 0;
  const percentile = (share: number): number | null =>
    knowsLatencies ? rounded(latencies.percentile(share) / 1_000, 2) : null;
  return {
    name,
    requestsPerSecond: Math.round(median(rates)),
    of: base?.name ?? null,
    ratio: base === undefined ? null : rounded(ratioByRounds(rates, base.slices.map(rateOf)), 3),
    cpuPerRequest: cpu === undefined ? null : rounded(median(cpu), 1),
    ratioByCpu: cpu === undefined || baseCpu === undefined ? null : rounded(ratioByRounds(baseCpu, cpu), 3),
    p50: percentile(50),
    p99: percentile(99),
    errors: slices.reduce((sum, { errors }) => sum + errors, 0),
  };
}

/** The series of this name. @throws Error when nobody of that name took part. */
export function seriesOf(all: readonly Series[], name: string): Series {
  const found = all.find((series) => series.name === name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
}

function rateOf({ requestsPerSecond }: Slice): number {
  return requestsPerSecond;
}

function cpuTimes(slices: readonly Slice[]): number[] | undefined {
  const known = slices.flatMap(({ cpuPerRequest }) => (cpuPerRequest === undefined ? [] : [cpuPerRequest]));
  return known.length === slices.length ? known : undefined;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
