import { freePort } from '../../tools/services/ports.js';
import type { ServiceAddresses } from '../api-process.js';
import { MeasuredProcess } from '../measured-process.js';
import { median, ratioByRounds } from '../ratios.js';

/** Jobs at once, and transactions in flight. */
export const concurrency = 50;

export interface JobPlan {
  readonly rounds: number;
  /** Jobs a slice; each slice is filled before it is measured. */
  readonly waits: number;
  readonly effects: number;
}

/** One kind of slice beside what it is held against. */
export interface JobMeasurement {
  readonly name: string;
  /** Jobs a second, the median of the rounds. */
  readonly perSecond: number;
  /** CPU time of the worker's process a job, in microseconds. */
  readonly cpuEach: number;
  /** What the ratios are of; null for what others are held against. */
  readonly of: string | null;
  readonly ratio: number | null;
  readonly ratioByCpu: number | null;
}

interface Slice {
  readonly perSecond: number;
  readonly cpuEach: number;
}

const kinds = [
  { name: 'raw BullMQ, 5 ms', process: 'raw', slice: 'plain', of: null },
  { name: 'raw BullMQ, 5 ms, prioritised', process: 'raw', slice: 'prioritised', of: null },
  { name: 'job of 5 ms', process: 'ledger', slice: 'wait', of: 'raw BullMQ, 5 ms' },
  { name: 'transaction alone', process: 'ledger', slice: 'alone', of: null },
  { name: 'job with that transaction', process: 'ledger', slice: 'effect', of: 'transaction alone' },
] as const;

/** Runs each kind in turn, there and back again; the processes end with it. */
export async function measureJobs(
  root: string,
  folder: string,
  services: ServiceAddresses,
  plan: JobPlan,
  report: (line: string) => void,
): Promise<JobMeasurement[]> {
  const env = {
    NODE_ENV: 'test',
    MONGODB_URI: services.mongo,
    REDIS_URL: services.redis,
    QUEUE_PREFIX: `{${services.keys}-jobs}`,
    WORKER_CONCURRENCY: String(concurrency),
    WORKER_PORT: String(await freePort()),
    MONGODB_AUTO_INDEX: 'true',
    LOG_LEVEL: 'info',
    LOG_PRETTY: 'false',
    MAIL_FOLDER: `${folder}/mail`,
  };
  const start = (name: string): MeasuredProcess =>
    MeasuredProcess.start({
      name,
      command: [`${root}/bench/jobs/${name}.mjs`],
      env,
      outputFile: `${folder}/${name}.log`,
    });
  const processes = { raw: start('raw-worker'), ledger: start('ledger-worker') };
  try {
    await Promise.all([processes.raw.nextMessage(), processes.ledger.nextMessage()]);
    const slices = new Map<string, Slice[]>(kinds.map(({ name }) => [name, []]));
    // The first round warms up and does not count.
    for (let round = 0; round <= plan.rounds; round++) {
      for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
        const count = kind.slice === 'alone' || kind.slice === 'effect' ? plan.effects : plan.waits;
        const slice = sliceFrom(await processes[kind.process].ask({ slice: kind.slice, count }));
        if (round > 0) slices.get(kind.name)?.push(slice);
      }
      if (round > 0) report(`jobs: round ${round} of ${plan.rounds} done`);
    }
    return kinds.map(({ name, of }) => measurementOf(name, of, slices));
  } finally {
    await Promise.all([processes.raw.stop(), processes.ledger.stop()]);
  }
}

function measurementOf(
  name: string,
  of: string | null,
  slices: ReadonlyMap<string, readonly Slice[]>,
): JobMeasurement {
  const own = slices.get(name) ?? [];
  const base = of === null ? undefined : slices.get(of);
  return {
    name,
    perSecond: Math.round(median(own.map(({ perSecond }) => perSecond))),
    cpuEach: Math.round(median(own.map(({ cpuEach }) => cpuEach))),
    of,
    ratio: base === undefined ? null : rounded(ratioByRounds(own.map(rateOf), base.map(rateOf))),
    ratioByCpu: base === undefined ? null : rounded(ratioByRounds(base.map(cpuOf), own.map(cpuOf))),
  };
}

function rateOf({ perSecond }: Slice): number {
  return perSecond;
}

function cpuOf({ cpuEach }: Slice): number {
  return cpuEach;
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}

function sliceFrom(message: unknown): Slice {
  const fields = new Map(typeof message === 'object' && message !== null ? Object.entries(message) : []);
  const perSecond: unknown = fields.get('perSecond');
  const cpuEach: unknown = fields.get('cpuEach');
  if (typeof perSecond !== 'number' || typeof cpuEach !== 'number') {
    throw new Error(`a slice failed: ${String(fields.get('error'))}`);
  }
  return { perSecond, cpuEach };
}
