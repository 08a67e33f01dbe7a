import type { EnqueueMeasurement } from './jobs/enqueue-rate.js';
import type { JobMeasurement } from './jobs/job-bench.js';
import type { Measurement } from './measure.js';
import type { Verdict } from './verdict.js';

const columns = [
  ['', ({ name }) => name],
  ['a second', ({ requestsPerSecond }) => String(requestsPerSecond)],
  ['ratio', ({ ratio }) => shown(ratio)],
  ['CPU us', ({ cpuPerRequest }) => shown(cpuPerRequest, 0)],
  ['by CPU', ({ ratioByCpu }) => shown(ratioByCpu)],
  ['p50 ms', ({ p50 }) => shown(p50)],
  ['p99 ms', ({ p99 }) => shown(p99)],
  ['errors', ({ errors }) => String(errors)],
  ['', ({ of }) => (of === null ? '' : `of: ${of}`)],
] as const satisfies readonly (readonly [string, (row: Measurement) => string])[];

/** The measurements for people, one line each. */
export function tableOf(measurements: readonly Measurement[]): string {
  return aligned([
    columns.map(([title]) => title),
    ...measurements.map((row) => columns.map(([, show]) => show(row))),
  ]);
}

/** What was measured beside what it should be, one line each. */
export function verdictTableOf(verdicts: readonly Verdict[]): string {
  return aligned([
    ['', 'target', 'measured', 'by CPU', '', ''],
    ...verdicts.map(({ name, of, target, measured, byCpu, met }) => [
      name,
      target,
      shown(measured),
      shown(byCpu),
      met ? 'met' : 'MISSED',
      `of: ${of}`,
    ]),
  ]);
}

/** The same of the jobs, and a line for what was enqueued over REST. */
export function jobTableOf(jobs: readonly JobMeasurement[], enqueue?: EnqueueMeasurement): string {
  const table = aligned([
    ['', 'jobs/s', 'CPU us/job', 'ratio', 'by CPU'],
    ...jobs.map(({ name, perSecond, cpuEach, ratio, ratioByCpu }) => [
      name,
      String(perSecond),
      String(cpuEach),
      shown(ratio),
      shown(ratioByCpu),
    ]),
  ]);
  const parts = jobs.length === 0 ? [] : [table];
  if (enqueue !== undefined) {
    const { perSecond, p50, p99, cpuEach, errors } = enqueue;
    parts.push(
      `enqueued over REST, ${perSecond} a second: p50 ${p50} ms, p99 ${p99} ms, CPU ${cpuEach ?? '-'} us, ${errors} errors`,
    );
  }
  return parts.join('\n');
}

function shown(value: number | null, digits = 2): string {
  return value?.toFixed(digits) ?? '-';
}

/** Names and remarks, which stand first and last, begin where their column begins; figures end where it ends. */
function aligned(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  return cells
    .map((line) =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column === 0 || column === line.length - 1 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
