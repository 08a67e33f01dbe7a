import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { startMongo, startRedis, type RunningService } from '../tools/services/index.js';
import {
  startApi,
  startOpenApi,
  startTracedApi,
  type RunningApi,
  type ServiceAddresses,
} from './api-process.js';
import { fillUsers } from './crowd.js';
import { MeasuredProcess } from './measured-process.js';
import type { Options } from './options.js';
import { RawDatabase } from './raw-database.js';
import { startCollector, type RunningCollector } from './servers/collector.js';

/** As many as an API has when nobody says otherwise. */
const poolSize = 10;

const built = dirname(fileURLToPath(import.meta.url));
export const root = dirname(dirname(built));

/** The services, and the processes of the run: each is started when the first piece needs it, and ended with the run. */
export class Ground {
  private readonly endings: (() => Promise<void>)[] = [];
  private readonly started = new Map<string, Promise<unknown>>();

  private constructor(
    readonly options: Options,
    readonly report: (line: string) => void,
    /** A name of this run's own, also on servers that others use: its databases and its keys begin with it. */
    private readonly own: string,
    readonly folder: string,
    readonly mongo: RunningService,
    readonly redis: RunningService,
  ) {}

  static async prepare(options: Options, report: (line: string) => void): Promise<Ground> {
    const folder = mkdtempSync(join(tmpdir(), 'nexus-bench-'));
    // As root the services run as another user, who must be able to pass through.
    chmodSync(folder, 0o711);
    const request = { folder, durable: false, env: process.env, report, supervise: false };
    const mongo = await startMongo(request);
    const redis = await startRedis(request);
    const ground = new Ground(
      options,
      report,
      `nexus-bench-${Date.now().toString(36)}`,
      folder,
      mongo,
      redis,
    );
    ground.endings.push(
      () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
      () => mongo.stop(),
      () => redis.stop(),
      () => ground.forgetKeys(),
    );
    return ground;
  }

  /** Ends what runs, and leaves nothing behind. */
  async end(): Promise<void> {
    for (const end of this.endings.toReversed()) await end().catch((error: unknown) => console.error(error));
  }

  /** The API over the users of the rotation. */
  api(): Promise<RunningApi> {
    return this.once('api', async () => {
      const { users, tokens } = this.options;
      this.report(`Starting the API; making ${users} users, logging in ${tokens} of them`);
      return this.ended(await startApi(root, this.folder, this.services('few'), this.options, this.profile));
    });
  }

  /** The same API once more, over the same users, with GET /api/users/:id open to everybody. */
  openApi(): Promise<RunningApi> {
    return this.once('open', async () => {
      const beside = await this.api();
      return this.ended(await startOpenApi(root, this.folder, this.services('few'), beside));
    });
  }

  /** The same API once more, over the same users, with this share of its traces recorded and sent to a collector. */
  tracedApi(share: number): Promise<RunningApi & { readonly collector: RunningCollector }> {
    return this.once(`traced ${share}`, async () => {
      const beside = await this.api();
      const collector = await startCollector();
      this.endings.push(() => collector.stop());
      const services = this.services('few');
      const api = await startTracedApi(root, this.folder, services, beside, { url: collector.url, share });
      return { ...this.ended(api), collector };
    });
  }

  /** An API with many users, and nobody logged in but the administrator. */
  crowdedApi(): Promise<RunningApi> {
    return this.once('crowded', async () => {
      const { manyUsers } = this.options;
      const services = this.services('many');
      const api = this.ended(
        await startApi(root, this.folder, services, { users: 0, tokens: 0 }, this.profile, 'crowded-api'),
      );
      const startedAt = performance.now();
      await fillUsers(services.mongo, manyUsers);
      const took = Math.round((performance.now() - startedAt) / 1_000);
      this.report(`${manyUsers} users written in ${took} s`);
      return api;
    });
  }

  /** The driver alone. */
  rawDatabase(): Promise<RawDatabase> {
    return this.once('raw', async () => {
      const raw = MeasuredProcess.start({
        name: 'driver',
        command: [join(built, 'servers', 'raw-database.js')],
        env: { NODE_ENV: 'production', MONGODB_URI: this.mongo.uri, POOL: String(poolSize) },
        outputFile: join(this.folder, 'raw-database.log'),
      });
      this.endings.push(() => raw.stop());
      await raw.nextMessage();
      return new RawDatabase(raw);
    });
  }

  /** A server of bench/servers that announces its port. */
  emptyServer(file: string, name: string): Promise<{ process: MeasuredProcess; port: number }> {
    return this.once(file, async () => {
      const server = MeasuredProcess.start({
        name,
        command: [join(built, 'servers', `${file}.js`)],
        env: { NODE_ENV: 'production' },
        outputFile: join(this.folder, `${file}.log`),
      });
      this.endings.push(() => server.stop());
      return { process: server, port: await server.announcedPort() };
    });
  }

  /** The name of a database of this run's own, which is dropped with it. */
  database(name: string): string {
    const database = `${this.own}-${name}`;
    void this.once(`database ${name}`, () => {
      this.endings.push(() => this.dropDatabase(database));
      return Promise.resolve();
    });
    return database;
  }

  services(name: string): ServiceAddresses {
    const url = new URL(this.mongo.uri);
    url.pathname = `/${this.database(name)}`;
    return { mongo: url.href, redis: this.redis.uri, keys: `${this.own}-${name}` };
  }

  /** A collection without rows, with the indexes of one of the API's. */
  async copyOfIndexes(collection: string, from: string, to: string): Promise<void> {
    const client = await MongoClient.connect(this.mongo.uri);
    try {
      const found = await client.db(from).collection(collection).indexes();
      const indexes = found.flatMap(({ v: _version, ...index }) => (index.name === '_id_' ? [] : [index]));
      await client.db(to).createCollection(collection);
      await client.db(to).collection(collection).createIndexes(indexes);
    } finally {
      await client.close();
    }
  }

  private get profile(): readonly string[] {
    const { profile } = this.options;
    return profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  }

  private ended(api: RunningApi): RunningApi {
    this.endings.push(() => api.process.stop());
    return api;
  }

  private once<Value>(name: string, start: () => Promise<Value>): Promise<Value>;
  private once(name: string, start: () => Promise<unknown>): Promise<unknown> {
    let running = this.started.get(name);
    if (running === undefined) this.started.set(name, (running = start()));
    return running;
  }

  private async dropDatabase(name: string): Promise<void> {
    const client = await MongoClient.connect(this.mongo.uri, { serverSelectionTimeoutMS: 2_000 });
    await client.db(name).dropDatabase();
    await client.close();
  }

  private async forgetKeys(): Promise<void> {
    const redis = new Redis(this.redis.uri, { maxRetriesPerRequest: 1 });
    for await (const keys of redis.scanStream({ match: `{${this.own}*`, count: 1_000 })) {
      if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys.map(String));
    }
    redis.disconnect();
  }
}
