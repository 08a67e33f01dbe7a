import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { EnqueueMeasurement } from './jobs/enqueue-rate.js';
import type { JobMeasurement, JobPlan } from './jobs/job-bench.js';
import type { Measurement, Plan } from './measure.js';

export interface Result {
  readonly at: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memory: number;
    readonly kernel: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<'mongodb' | 'redis', string>>;
  readonly plan?: Plan & { readonly connections: number; readonly users: number; readonly tokens: number };
  readonly measurements?: readonly Measurement[];
  readonly jobPlan?: JobPlan & { readonly concurrency: number };
  readonly jobs?: readonly JobMeasurement[];
  readonly enqueue?: EnqueueMeasurement;
}

const columns = [
  ['', ({ name }) => name],
  ['requests/s', ({ requestsPerSecond }) => String(requestsPerSecond)],
  ['of Nest+Fastify', ({ ofBase }) => ofBase.toFixed(2)],
  ['CPU us/request', ({ cpuPerRequest }) => cpuPerRequest?.toFixed(0) ?? '-'],
  ['by CPU', ({ ofBaseByCpu }) => ofBaseByCpu?.toFixed(2) ?? '-'],
  ['p50 ms', ({ p50 }) => p50.toFixed(2)],
  ['p99 ms', ({ p99 }) => p99.toFixed(2)],
  ['errors', ({ errors }) => String(errors)],
] as const satisfies readonly (readonly [string, (row: Measurement) => string])[];

/** The measurements for people, one line each. */
export function tableOf(measurements: readonly Measurement[]): string {
  return aligned([
    columns.map(([title]) => title),
    ...measurements.map((row) => columns.map(([, show]) => show(row))),
  ]);
}

/** The same of the jobs, and a line for what was enqueued over REST. */
export function jobTableOf(jobs: readonly JobMeasurement[], enqueue: EnqueueMeasurement): string {
  const table = aligned([
    ['', 'jobs/s', 'CPU us/job', 'ratio', 'by CPU'],
    ...jobs.map(({ name, perSecond, cpuEach, ratio, ratioByCpu }) => [
      name,
      String(perSecond),
      String(cpuEach),
      ratio?.toFixed(2) ?? '-',
      ratioByCpu?.toFixed(2) ?? '-',
    ]),
  ]);
  const { perSecond, p50, p99, cpuEach, errors } = enqueue;
  return `${table}\nenqueued over REST, ${perSecond} a second: p50 ${p50} ms, p99 ${p99} ms, CPU ${cpuEach ?? '-'} us, ${errors} errors`;
}

function aligned(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  return cells
    .map((line) =>
      line.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      ),
    )
    .map((line) => line.join('  '))
    .join('\n');
}

export function machine(): Result['machine'] {
  const all = cpus();
  return { cpu: all[0]?.model ?? 'unknown', cores: all.length, memory: totalmem(), kernel: release() };
}

/** Node's version and those of the packages that the figures depend on. */
export function versions(root: string): Result['versions'] {
  const packages = [
    '@nestjs/core',
    '@nestjs/platform-fastify',
    'fastify',
    'mongoose',
    'pino',
    'bullmq',
    'ioredis',
  ];
  const found = packages.map((name) => [name, versionOf(join(root, 'node_modules', name, 'package.json'))]);
  return Object.fromEntries([['node', process.versions.node], ...found]);
}

/** What this run did not measure stays as an earlier one left it. */
export function writeResult(file: string, result: Result): void {
  mkdirSync(dirname(file), { recursive: true });
  const earlier: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const both = { ...(typeof earlier === 'object' ? earlier : {}), ...result };
  writeFileSync(file, `${JSON.stringify(both, null, 2)}\n`);
}

function versionOf(file: string): string {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed
    ? String(parsed.version)
    : 'unknown';
}
