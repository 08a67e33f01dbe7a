import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { RunningApi } from '../api-process.js';
import type { Ground } from '../ground.js';
import { newLatencies } from '../latencies.js';
import { measurementOf, type Series, type Slice } from '../measure.js';
import { judge, judgeRate, type Verdict } from '../verdict.js';
import type { Findings } from './piece.js';

const name = 'export of all users';
const reading = "the driver's cursor";
const leastOfCursor = 0.5;
const mostMegabytes = 50;
/** Milliseconds between two looks at the memory. */
const lookEvery = 50;
const megabyte = 1_048_576;
const newline = 10;

/** The export of all users beside the driver reading them one by one, and what the API's memory grows by meanwhile. */
export async function benchExport(ground: Ground): Promise<Findings> {
  const api = await ground.crowdedApi();
  const raw = await ground.rawDatabase();
  const exported: Slice[] = [];
  const read: Slice[] = [];
  // What a first, short one leaves behind is not what grows with the number of users.
  await exportUsers(api, { stopAfter: 1_000 });
  const before = api.process.memory();
  let highest = before;
  const look = (): void => {
    const now = api.process.memory();
    if (now !== undefined && highest !== undefined) highest = Math.max(highest, now);
  };
  for (let round = 0; round < ground.options.exports; round++) {
    const looking = setInterval(look, lookEvery);
    try {
      exported.push(await timed(api, ground.options.manyUsers));
    } finally {
      clearInterval(looking);
    }
    read.push(await raw.readUsers(ground.database('many')));
    ground.report(`export ${round + 1} of ${ground.options.exports} done`);
  }
  const series = (of: string, slices: Slice[]): Series => ({ name: of, slices, latencies: newLatencies() });
  const base = series(reading, read);
  const measurement = measurementOf(series(name, exported), base);
  return {
    measurements: [measurementOf(base), measurement],
    verdicts: [judgeRate(measurement, leastOfCursor), ...growthOf(before, highest)],
  };
}

function growthOf(before: number | undefined, highest: number | undefined): Verdict[] {
  if (before === undefined || highest === undefined) return [];
  const grown = Number(((highest - before) / megabyte).toFixed(1));
  return [judge({ name, of: 'memory grown by, MB' }, grown, { most: mostMegabytes })];
}

/** Users a second, as one slice. */
async function timed(api: RunningApi, expected: number): Promise<Slice> {
  const cpu = api.process.cpuTime();
  const startedAt = performance.now();
  const users = await exportUsers(api, {});
  const elapsed = (performance.now() - startedAt) / 1_000;
  const cpuAfter = api.process.cpuTime();
  return {
    requestsPerSecond: users / elapsed,
    cpuPerRequest: cpu === undefined || cpuAfter === undefined ? undefined : (cpuAfter - cpu) / users,
    // The administrator is one of them.
    errors: users < expected ? 1 : 0,
  };
}

/** How many lines came. `stopAfter` so many the client hangs up. */
async function exportUsers(api: RunningApi, { stopAfter = Infinity }): Promise<number> {
  const sent = request({
    host: '127.0.0.1',
    port: api.port,
    path: '/api/users/export?format=ndjson',
    headers: { Authorization: `Bearer ${api.population.administratorToken}` },
  });
  sent.end();
  const [answer]: IncomingMessage[] = await once(sent, 'response');
  if (answer?.statusCode !== 200) throw new Error(`the export answered ${answer?.statusCode}`);
  let lines = 0;
  for await (const chunk of answer) {
    lines += linesIn(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
    if (lines >= stopAfter) break;
  }
  return lines;
}

function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) lines++;
  return lines;
}
