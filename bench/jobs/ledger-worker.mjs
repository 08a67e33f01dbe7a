// The worker as production runs it, with two types of jobs more. Each slice fills the queue, then takes the jobs.
import 'reflect-metadata';
import { declareBenchTypes, effectType, waitType } from './bench-types.mjs';
import { serveSlices, until } from './slices.mjs';

const { loadEnvironment } = await import('../../dist/config/environment.js');
loadEnvironment();
await declareBenchTypes();
const { Module } = await import('@nestjs/common');
const { NestFactory } = await import('@nestjs/core');
const { getConnectionToken } = await import('@nestjs/mongoose');
const { newId } = await import('../../dist/infrastructure/mongo/new-id.js');
const { DatabaseConnection } = await import('../../dist/infrastructure/mongo/database-connection.js');
const { ServiceLogger } = await import('../../dist/infrastructure/logging/service-logger.js');
const { jobIds } = await import('../../dist/common/ids.js');
const { JobProducer } = await import('../../dist/jobs/job-producer.js');
const { Queues } = await import('../../dist/jobs/queues.js');
const { QueueSwitches } = await import('../../dist/jobs/switches/queue-switches.js');
const { WorkerModule } = await import('../../dist/worker.module.js');
const { BenchModule, Effect, Runs } = await import('./bench.module.mjs');

const inFlight = Number(process.env.WORKER_CONCURRENCY);
const atOnce = 500;

class BenchRoot {}
Module({ imports: [WorkerModule, BenchModule] })(BenchRoot);

const app = await NestFactory.createApplicationContext(BenchRoot, { bufferLogs: true, abortOnError: false });
app.useLogger(app.get(ServiceLogger));
const find = (token) => app.get(token, { strict: false });
await find(DatabaseConnection).untilPrepared();
const connection = find(getConnectionToken());
await connection.createCollection('benchEffects');
const jobs = connection.collection('jobs');
const queue = find(Queues).get('bench');
const runs = find(Runs);

serveSlices(
  {
    wait: (count) => fill(waitType, count),
    effect: (count) => fill(effectType, count),
    alone,
  },
  () => app.close(),
);

/** Accepts so many jobs and publishes them; what is measured ends when the ledger calls all of them done. */
async function fill(type, count) {
  await find(QueueSwitches).pause('bench');
  await until('paused', () => queue.isPaused());
  await tidy();
  for (let made = 0; made < count; made += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, count - made) }, (_, index) => made + index);
    await find(JobProducer).enqueueAll(
      type,
      numbers.map((number) => ({ number })),
    );
  }
  await until('published', async () => (await jobs.countDocuments({ state: 'published' })) === count);
  runs.count = 0;
  return async () => {
    await find(QueueSwitches).resume('bench');
    await until('all have run', () => runs.count >= count);
    await until('all are done', async () => (await jobs.findOne({ state: { $ne: 'done' } })) === null);
  };
}

/** The transaction of the effect without a job, so many in flight as there would be jobs. */
async function alone(count) {
  await tidy();
  const ids = Array.from({ length: count }, () => newId(jobIds));
  const lane = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) await find(Effect).run(id, ids.length);
  };
  return async () => {
    await Promise.all(Array.from({ length: inFlight }, lane));
  };
}

async function tidy() {
  for (const collection of ['jobs', 'benchEffects', 'effectMarks']) {
    await connection.collection(collection).deleteMany({});
  }
}
