import { join } from 'node:path';
import { Ground, root } from './ground.js';
import { concurrency } from './jobs/job-bench.js';
import { connections } from './load.js';
import { optionsOf, type Options } from './options.js';
import { benchList, benchPostJob } from './pieces/database.js';
import { benchExport } from './pieces/export.js';
import { benchEnqueue, benchJobs } from './pieces/jobs.js';
import { benchPages } from './pieces/pages.js';
import { nothing, type Findings } from './pieces/piece.js';
import { benchRoutes } from './pieces/routes.js';
import { benchTraces } from './pieces/traces.js';
import { jobTableOf, tableOf, verdictTableOf } from './report.js';
import { machine, versions, writeResult, type Result } from './result.js';

// `npm run bench`: our routes beside the frameworks and the driver that they stand on, our jobs beside raw BullMQ, in one
// run of minutes.
const report = (line: string): void => console.log(line);

try {
  process.exitCode = await bench(optionsOf(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function bench(options: Options): Promise<number> {
  const ground = await Ground.prepare(options, report);
  try {
    return await measureAll(ground);
  } finally {
    await ground.end();
  }
}

async function measureAll(ground: Ground): Promise<number> {
  const { pieces, plan, jobPlan, users, tokens, manyUsers } = ground.options;
  const all: Findings[] = [];
  const add = async (piece: (ground: Ground) => Promise<Findings>): Promise<void> => {
    const findings = await piece(ground);
    if (findings.measurements.length > 0) report(`\n${tableOf(findings.measurements)}\n`);
    all.push(findings);
  };
  await add(benchRoutes);
  await add(pieces.has('traces') ? benchTraces : skipped);
  await add(pieces.has('list') ? benchList : skipped);
  await add(pieces.has('post-job') ? benchPostJob : skipped);
  const enqueued = pieces.has('enqueue') ? await benchEnqueue(ground) : undefined;
  await add(pieces.has('pages') ? benchPages : skipped);
  await add(pieces.has('export') ? benchExport : skipped);
  const worked = pieces.has('jobs') ? await benchJobs(ground) : undefined;
  if (enqueued !== undefined || worked !== undefined) {
    report(`\n${jobTableOf(worked?.jobs ?? [], enqueued?.enqueue)}\n`);
  }

  const measurements = all.flatMap((findings) => findings.measurements);
  const verdicts = [...all, ...[enqueued, worked].flatMap((each) => each ?? [])].flatMap(
    (each) => each.verdicts,
  );
  report(`${verdictTableOf(verdicts)}\n`);
  const result: Result = {
    at: new Date().toISOString(),
    machine: machine(),
    versions: versions(root),
    services: { mongodb: ground.mongo.description, redis: ground.redis.description },
    plan: { ...plan, connections, users, tokens, manyUsers },
    measurements,
    verdicts,
    ...(enqueued !== undefined && { enqueue: enqueued.enqueue }),
    ...(worked !== undefined && { jobPlan: { ...jobPlan, concurrency }, jobs: worked.jobs }),
  };
  const file = join(root, 'bench/results/latest.json');
  writeResult(file, result);
  report(`Written to ${file}; docs/performance.md tells how to read it.`);
  const errors = measurements.reduce((sum, each) => sum + each.errors, enqueued?.enqueue.errors ?? 0);
  if (errors > 0) report(`${errors} requests failed: these figures say nothing.`);
  return errors > 0 ? 1 : 0;
}

function skipped(): Promise<Findings> {
  return Promise.resolve(nothing);
}
