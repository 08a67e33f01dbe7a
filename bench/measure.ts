import { newLatencies, runSlice, type Slice, type Target } from './load.js';
import { median, ratioByRounds } from './ratios.js';

export interface Measurement {
  readonly name: string;
  /** Requests a second, the median of the rounds. */
  readonly requestsPerSecond: number;
  /** Of the first target's rate, the median of the ratios of each round. */
  readonly ofBase: number;
  /** CPU time of the server a request, in microseconds; null where the kernel does not tell. */
  readonly cpuPerRequest: number | null;
  /** The first target's CPU time a request over this one's: what ofBase would be on a machine without neighbours. */
  readonly ofBaseByCpu: number | null;
  /** Milliseconds over all rounds. */
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
}

export interface Plan {
  readonly rounds: number;
  /** Seconds a slice. */
  readonly slice: number;
  /** Seconds of load a target before anything counts. */
  readonly warmUp: number;
}

/** Loads the targets in turns, one at a time; the first one is the base of all ratios. */
export async function measure(
  targets: readonly Target[],
  plan: Plan,
  report: (line: string) => void,
): Promise<Measurement[]> {
  const runs = targets.map((target) => ({ target, slices: new Array<Slice>(), latencies: newLatencies() }));
  for (const { target } of runs) {
    const { errors } = await runSlice(target, plan.warmUp);
    if (errors > 0) throw new Error(`${target.name}: ${errors} requests of the warm-up failed`);
  }
  for (let round = 0; round < plan.rounds; round++) {
    // There and back again: a machine that gets slower or faster during a round favours nobody.
    for (const run of round % 2 === 0 ? runs : runs.toReversed()) {
      run.slices.push(await runSlice(run.target, plan.slice, run.latencies));
    }
    report(`round ${round + 1} of ${plan.rounds} done`);
  }
  const baseSlices = runs[0]?.slices ?? [];
  return runs.map(({ target, slices, latencies }) => ({
    name: target.name,
    requestsPerSecond: Math.round(median(slices.map(rateOf))),
    ofBase: rounded(ratioByRounds(slices.map(rateOf), baseSlices.map(rateOf)), 3),
    ...cpuOf(slices, baseSlices),
    p50: rounded(latencies.percentile(50) / 1_000, 2),
    p99: rounded(latencies.percentile(99) / 1_000, 2),
    errors: slices.reduce((sum, { errors }) => sum + errors, 0),
  }));
}

function rateOf({ requestsPerSecond }: Slice): number {
  return requestsPerSecond;
}

function cpuOf(
  slices: readonly Slice[],
  base: readonly Slice[],
): Pick<Measurement, 'cpuPerRequest' | 'ofBaseByCpu'> {
  const own = cpuTimes(slices);
  const others = cpuTimes(base);
  if (own === undefined || others === undefined) return { cpuPerRequest: null, ofBaseByCpu: null };
  return { cpuPerRequest: rounded(median(own), 1), ofBaseByCpu: rounded(ratioByRounds(others, own), 3) };
}

function cpuTimes(slices: readonly Slice[]): number[] | undefined {
  const known = slices.flatMap(({ cpuPerRequest }) => (cpuPerRequest === undefined ? [] : [cpuPerRequest]));
  return known.length === slices.length ? known : undefined;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
