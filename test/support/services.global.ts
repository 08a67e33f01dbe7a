import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import {
  startMongo,
  startRedis,
  type RunningService,
  type ServiceRequest,
} from '../../tools/services/index.js';
import { endStaleRuns, runFolder } from './stale-runs.js';

/** Starts one throw-away MongoDB and one throw-away Redis for the whole run and returns what ends them. */
export default async function startServices(project: TestProject): Promise<() => Promise<void>> {
  const report = (line: string): void => console.log(`[services] ${line}`);
  await endStaleRuns(report);
  const folder = runFolder();
  const request: ServiceRequest = { folder, durable: false, env: process.env, report, supervise: true };
  const started = await Promise.allSettled([startMongo(request), startRedis(request)]);
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const end = async (): Promise<void> => {
    await Promise.all(running.map((service) => service.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const [mongo, redis] = started;
  if (mongo.status === 'rejected' || redis.status === 'rejected') {
    await end();
    throw new Error(
      started.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : [])).join('\n'),
    );
  }
  provideAll(project, mongo.value, redis.value);
  return end;
}

function provideAll(project: TestProject, mongo: RunningService, redis: RunningService): void {
  console.log(`[services] Tests use ${mongo.description} and ${redis.description}`);
  project.provide('mongodbUri', mongo.uri);
  project.provide('redisUrl', redis.uri);
  project.provide('enginePostgresPort', mongo.postgresPort ?? null);
  // libpq's own variable: whoever connects to the engine's PostgreSQL in a test has its password from here.
  if (mongo.postgresPassword !== undefined) process.env['PGPASSWORD'] = mongo.postgresPassword;
}
