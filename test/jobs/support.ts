import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext, Provider, Type } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import { Test } from '@nestjs/testing';
import { IsInt, IsOptional, IsString } from 'class-validator';
import type { Connection } from 'mongoose';
import { JobCatalogue, jobTypes } from '../../src/jobs/catalogue/catalogue.js';
import type { AnyJobType, JobType } from '../../src/jobs/catalogue/job-type.js';
import { isolatedSettings } from '../support/app.js';
import type { Client, Json, Reply } from '../support/client.js';

/** Asks until the answer is true. @throws Error after `limit` milliseconds. */
export async function until(
  what: string,
  isTrue: () => Promise<boolean> | boolean,
  limit = 20_000,
): Promise<void> {
  const end = performance.now() + limit;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
    await sleep(25);
  }
}

/** Settings of a database and queues of the calling file's own, in force for what it starts from now on. */
export function useIsolatedSettings(settings: Readonly<Record<string, string>> = {}): Record<string, string> {
  const all = { ...isolatedSettings(), WORKER_PORT: '0', JOB_RETRY_LADDER: '30ms,30ms', ...settings };
  Object.assign(process.env, all);
  return all;
}

export class TestPayload {
  @IsInt()
  number!: number;

  @IsOptional()
  @IsString()
  secret?: string;
}

/** A type of job for one test, on a queue that exists. */
export function testType(
  name: string,
  changes: Partial<Pick<AnyJobType, 'timeout' | 'retryLadder'>> = {},
): JobType<TestPayload> {
  return {
    name,
    queue: 'email',
    payload: TestPayload,
    access: 'internal',
    shows: ['number'],
    timeout: 10_000,
    ...changes,
  };
}

interface Parts {
  readonly types?: readonly AnyJobType[];
  readonly providers?: readonly Provider[];
}

export interface RunningContext extends AsyncDisposable {
  readonly app: INestApplicationContext;
  get<Value>(token: Type<Value> | (abstract new (...args: never[]) => Value)): Value;
}

async function start(root: Type, { types = [], providers = [] }: Parts): Promise<RunningContext> {
  const { DatabaseConnection } = await import('../../src/infrastructure/mongo/database-connection.js');
  const { JobsModule } = await import('../../src/jobs/jobs.module.js');
  const module = await Test.createTestingModule({ imports: [root, JobsModule], providers: [...providers] })
    .overrideProvider(JobCatalogue)
    .useValue(new JobCatalogue([...jobTypes, ...types]))
    .compile();
  // The failures of these jobs are meant.
  module.useLogger(false);
  try {
    await module.init();
  } catch (error) {
    await module.close();
    throw error;
  }
  await module.get(DatabaseConnection, { strict: false }).untilPrepared();
  let closing: Promise<void> | undefined;
  return {
    app: module,
    get: (token) => module.get(token, { strict: false }),
    [Symbol.asyncDispose]: () => (closing ??= module.close()),
  };
}

/** A worker in this process, with the handlers among the providers. */
export async function startWorker(parts: Parts = {}): Promise<RunningContext> {
  const { WorkerModule } = await import('../../src/worker.module.js');
  return start(WorkerModule, parts);
}

/** What the API has of the jobs: producer, relay and reconciler, and nothing that runs a job. */
export async function startProducer(parts: Parts = {}): Promise<RunningContext> {
  const { ProducerModule } = await import('./producer.module.js');
  return start(ProducerModule, parts);
}

/** A client of a new user, whose role holds these permissions. */
export async function userWith(
  administrator: Client,
  name: string,
  permissions: readonly string[],
): Promise<Client> {
  const credentials = { email: `${name}@example.com`, password: 'Another-Horse-8-Battery' };
  const role = await administrator.post('/api/roles', { name, permissions });
  const user = await administrator.post('/api/users', { ...credentials, name, roles: [name] });
  if (role.status !== 201 || user.status !== 201) throw new Error(`${role.text} ${user.text}`);
  return administrator.login(credentials);
}

/** The items of a list's answer. */
export function itemsOf({ body }: Reply): Json[] {
  return Array.isArray(body.data) ? body.data : [];
}

export function connectionOf(context: RunningContext): Connection {
  return context.app.get<Connection>(getConnectionToken(), { strict: false });
}
