import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext, Provider, Type } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { IsInt, IsOptional, IsString } from 'class-validator';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll } from 'vitest';
import { JobCatalogue, jobTypes } from '../../src/jobs/catalogue/catalogue.js';
import type { AnyJobType, JobType } from '../../src/jobs/catalogue/job-type.js';
import { QueueRedis } from '../../src/infrastructure/redis/queue-redis.js';
import { Queues } from '../../src/jobs/queues.js';
import { administrator, isolatedSettings } from '../support/app.js';
import { Client, type Json, type Reply } from '../support/client.js';

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

export interface ManagedApi {
  readonly url: string;
  /** Without credentials. */
  readonly client: Client;
  asAdministrator(): Promise<Client>;
  close(): Promise<void>;
  get<Value>(token: Type<Value> | (abstract new (...args: never[]) => Value)): Value;
  /** What BullMQ says. */
  isPaused(queue: string): Promise<boolean>;
  /** Redis loses these keys of the queues. */
  forget(...keys: string[]): Promise<void>;
  /** What FLUSHALL would do to this test's part of the server. */
  forgetAll(): Promise<void>;
  auditedActions(): Promise<string[]>;
}

/** The API over settings of its own, with more types of jobs and what a test wants to know beside its answers. */
export async function startManagedApi(
  { types = [] }: Pick<Parts, 'types'>,
  changes: Readonly<Record<string, string>> = {},
): Promise<ManagedApi> {
  const settings = useIsolatedSettings(changes);
  const app = await createApiWith(types);
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const client = new Client(url);
  const close = async (): Promise<void> => {
    await app.getHttpAdapter().close();
    await app.get<Connection>(getConnectionToken(), { strict: false }).dropDatabase();
    await app.close();
  };
  const get: ManagedApi['get'] = (token) => app.get(token, { strict: false });
  return {
    url,
    client,
    asAdministrator: () => client.login(administrator),
    close,
    get,
    isPaused: (queue) => get(Queues).get(queue).isPaused(),
    forget: async (...keys) => {
      await get(QueueRedis).producer.del(...keys.map((key) => `${settings['QUEUE_PREFIX']}:${key}`));
    },
    forgetAll: async () => {
      const redis = get(QueueRedis).producer;
      const stream = redis.scanStream({ match: `${settings['QUEUE_PREFIX']}*`, count: 1_000 });
      for await (const keys of stream) if (keys.length > 0) await redis.del(...keys);
    },
    auditedActions: async () => {
      const connection = app.get<Connection>(getConnectionToken(), { strict: false });
      const entries = await connection.collection('auditEntries').find().toArray();
      return entries.map(({ action }) => String(action));
    },
  };
}

async function createApiWith(types: readonly AnyJobType[]): Promise<NestFastifyApplication> {
  // Imported late: modules read their settings while they load.
  const { AppModule } = await import('../../src/app.module.js');
  const { httpConfig } = await import('../../src/config/http.config.js');
  const { createAdapter } = await import('../../src/http/adapter.js');
  const { configureHttp } = await import('../../src/http/configure-http.js');
  const { DatabaseConnection } = await import('../../src/infrastructure/mongo/database-connection.js');
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(JobCatalogue)
    .useValue(new JobCatalogue([...jobTypes, ...types]))
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(createAdapter(httpConfig()), {
    bodyParser: false,
    logger: false,
  });
  await configureHttp(app);
  await app.listen(0, '127.0.0.1');
  await app.get(DatabaseConnection, { strict: false }).untilPrepared();
  return app;
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

export interface JobContexts {
  readonly producer: RunningContext;
  readonly worker: RunningContext;
}

/** Before the tests of the calling suite a producer and a worker over settings of its own; after them nothing. */
export function useProducerAndWorker(
  parts: Parts,
  settings: Readonly<Record<string, string>> = {},
): JobContexts {
  const started: RunningContext[] = [];
  const at = (index: number): RunningContext => {
    const context = started[index];
    if (context === undefined) throw new Error('not started yet');
    return context;
  };
  beforeAll(async () => {
    useIsolatedSettings(settings);
    started.push(await startProducer({ types: parts.types ?? [] }));
    started.push(await startWorker(parts));
  });
  afterAll(() => forget(...started));
  return {
    get producer() {
      return at(0);
    },
    get worker() {
      return at(1);
    },
  };
}

/** Ends them, the last first, and drops the database that they share. */
export async function forget(...contexts: readonly RunningContext[]): Promise<void> {
  const [first, ...others] = contexts;
  for (const context of others.toReversed()) await context[Symbol.asyncDispose]();
  if (first === undefined) return;
  await connectionOf(first).dropDatabase();
  await first[Symbol.asyncDispose]();
}

export function connectionOf(context: RunningContext): Connection {
  return context.app.get<Connection>(getConnectionToken(), { strict: false });
}
