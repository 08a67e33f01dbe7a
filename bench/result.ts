import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { EnqueueMeasurement } from './jobs/enqueue-rate.js';
import type { JobMeasurement, JobPlan } from './jobs/job-bench.js';
import type { Measurement, Plan } from './measure.js';
import { withEarlier, type Verdict } from './verdict.js';

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
  readonly plan: Plan & {
    readonly connections: number;
    readonly users: number;
    readonly tokens: number;
    readonly manyUsers: number;
  };
  readonly measurements: readonly Measurement[];
  readonly verdicts: readonly Verdict[];
  readonly jobPlan?: JobPlan & { readonly concurrency: number };
  readonly jobs?: readonly JobMeasurement[];
  readonly enqueue?: EnqueueMeasurement;
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
  const earlier: Partial<Result> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const both: Result = {
    ...earlier,
    ...result,
    measurements: withEarlier(earlier.measurements ?? [], result.measurements),
    verdicts: withEarlier(earlier.verdicts ?? [], result.verdicts),
  };
  writeFileSync(file, `${JSON.stringify(both, null, 2)}\n`);
}

function versionOf(file: string): string {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed
    ? String(parsed.version)
    : 'unknown';
}
