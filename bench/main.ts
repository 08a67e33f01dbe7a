import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { startMongo, startRedis, type RunningService } from '../tools/services/index.js';
import { startApi, type RunningApi, type ServiceAddresses } from './api-process.js';
import { measureEnqueue } from './jobs/enqueue-rate.js';
import { concurrency, measureJobs, type JobPlan } from './jobs/job-bench.js';
import { connections, type Target } from './load.js';
import { measure, type Plan } from './measure.js';
import { MeasuredProcess } from './measured-process.js';
import { jobTableOf, machine, tableOf, versions, writeResult, type Result } from './report.js';
import { targetsOf } from './targets.js';

// `npm run bench`: our routes beside the frameworks they stand on, our jobs beside raw BullMQ, in one run of minutes.
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '6' },
    slice: { type: 'string', default: '1.5' },
    'warm-up': { type: 'string', default: '2' },
    users: { type: 'string', default: '1000' },
    /** Only the routes of ours whose name holds this text; jobs: no routes, only the jobs. */
    only: { type: 'string', default: '' },
    'job-rounds': { type: 'string', default: '5' },
    /** Writes a CPU profile of the API into this folder. */
    profile: { type: 'string' },
  },
});
const plan: Plan = {
  rounds: Number(values.rounds),
  slice: Number(values.slice),
  warmUp: Number(values['warm-up']),
};
const jobPlan: JobPlan = { rounds: Number(values['job-rounds']), waits: 8_000, effects: 400 };
const enqueued = { perSecond: 100, seconds: 10 };
const onlyJobs = values.only === 'jobs';
const counts = onlyJobs
  ? { users: 0, tokens: 0 }
  : { users: Number(values.users), tokens: Math.min(200, Number(values.users)) };

/** A name of this run's own, also on servers that others use: its databases and its keys begin with it. */
const own = `nexus-bench-${Date.now().toString(36)}`;
const built = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(built));
const folder = mkdtempSync(join(tmpdir(), 'nexus-bench-'));
// As root the services run as another user, who must be able to pass through.
chmodSync(folder, 0o711);
const report = (line: string): void => console.log(line);
const endings: (() => Promise<void>)[] = [
  () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
];

try {
  process.exitCode = await bench();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  for (const end of endings.toReversed()) await end().catch((error: unknown) => console.error(error));
}

async function bench(): Promise<number> {
  const request = { folder, durable: false, env: process.env, report, supervise: false };
  const mongo = kept(await startMongo(request));
  const redis = kept(await startRedis(request));

  report(`Starting the API; making ${counts.users} users, logging in ${counts.tokens} of them`);
  const services = { mongo: withDatabase(mongo.uri, own), redis: redis.uri, keys: own };
  endings.push(() => forgetKeys(redis.uri));
  endings.push(() => dropDatabase(services.mongo));
  const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  const api = await startApi(root, folder, services, counts, profile);
  endings.push(() => api.process.stop());

  const result: Result = {
    at: new Date().toISOString(),
    machine: machine(),
    versions: versions(root),
    services: { mongodb: mongo.description, redis: redis.description },
    ...(!onlyJobs && (await benchRoutes(api))),
    ...((onlyJobs || values.only === '') &&
      (await benchJobs(api, { ...services, mongo: withDatabase(mongo.uri, `${own}-jobs`) }))),
  };
  const file = join(root, 'bench/results/latest.json');
  writeResult(file, result);
  report(`Written to ${file}; docs/performance.md tells how to read it.`);
  const all = [...(result.measurements ?? []), ...(result.enqueue === undefined ? [] : [result.enqueue])];
  const errors = all.reduce((sum, measurement) => sum + measurement.errors, 0);
  if (errors > 0) report(`${errors} requests failed: these figures say nothing.`);
  return errors > 0 ? 1 : 0;
}

async function benchRoutes(api: RunningApi): Promise<Pick<Result, 'plan' | 'measurements'>> {
  const nest = await startEmpty('nest-empty', 'Nest+Fastify, empty handler');
  const fastify = await startEmpty('fastify-empty', 'Fastify, empty handler');
  const ours = targetsOf(api).filter(({ name }) => name.includes(values.only));
  const measurements = await measure([nest, fastify, ...ours], plan, report);
  report(`\n${tableOf(measurements)}\n`);
  return { plan: { ...plan, connections, ...counts }, measurements };
}

async function benchJobs(
  api: RunningApi,
  services: ServiceAddresses,
): Promise<Pick<Result, 'jobPlan' | 'jobs' | 'enqueue'>> {
  report('Starting the workers');
  endings.push(() => dropDatabase(services.mongo));
  const enqueue = await measureEnqueue(api, enqueued.perSecond, enqueued.seconds);
  const jobs = await measureJobs(root, folder, services, jobPlan, report);
  report(`\n${jobTableOf(jobs, enqueue)}\n`);
  return { jobPlan: { ...jobPlan, concurrency }, jobs, enqueue };
}

function kept(service: RunningService): RunningService {
  endings.push(() => service.stop());
  return service;
}

async function startEmpty(file: string, name: string): Promise<Target> {
  const server = MeasuredProcess.start({
    name,
    command: [join(built, 'servers', `${file}.js`)],
    env: { NODE_ENV: 'production' },
    outputFile: join(folder, `${file}.log`),
  });
  endings.push(() => server.stop());
  return { name, process: server, port: await server.announcedPort(), calls: [{ path: '/' }] };
}

async function dropDatabase(uri: string): Promise<void> {
  const client = await MongoClient.connect(uri, { serverSelectionTimeoutMS: 2_000 });
  await client.db().dropDatabase();
  await client.close();
}

async function forgetKeys(uri: string): Promise<void> {
  const redis = new Redis(uri, { maxRetriesPerRequest: 1 });
  for await (const keys of redis.scanStream({ match: `{${own}*`, count: 1_000 })) {
    if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys.map(String));
  }
  redis.disconnect();
}

function withDatabase(uri: string, name: string): string {
  const url = new URL(uri);
  url.pathname = `/${name}`;
  return url.href;
}
