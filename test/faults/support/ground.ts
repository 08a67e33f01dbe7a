import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type Connection } from 'mongoose';
import { administrator, databaseUri, isolatedSettings } from '../../support/app.js';
import { Client, type Json } from '../../support/client.js';
import { Program } from '../../support/program.js';

const folder = 'test/faults/support';
/** Milliseconds; a machine whose processors are busy with other things needs some. */
const bootTime = 60_000;

/** What support/fault-types.mjs says of its payload. */
export interface FaultData {
  readonly number: number;
  readonly work?: number;
  readonly block?: number;
  readonly failures?: number;
  readonly hopeless?: boolean;
  readonly held?: boolean;
  readonly deadly?: boolean;
  readonly traced?: boolean;
}

/** How the effects in the database compare with what was accepted; a duplicate is a further effect of one job. */
export interface Tally {
  readonly accepted: number;
  readonly effects: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly dead: number;
}

export interface Services {
  readonly mongo?: string;
  readonly redis?: string;
}

export interface StartedApi {
  readonly program: Program;
  readonly url: string;
  readonly admin: Client;
}

/** A database and queues of one test's own, the real programs over them, and what they did to the database. */
export class Ground implements AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>;
  /** Of the test that runs: since the figures before it were printed. */
  private began = Date.now();
  private readonly programs: Program[] = [];

  private constructor(
    settings: Readonly<Record<string, string>>,
    readonly database: Connection,
  ) {
    this.settings = settings;
  }

  /** Over the services of the test run, unless others are named. */
  static async over(services: Services, changes: Readonly<Record<string, string>> = {}): Promise<Ground> {
    const base = isolatedSettings();
    const name = new URL(base['MONGODB_URI'] ?? '').pathname.slice(1);
    const settings = {
      ...base,
      LOG_LEVEL: 'info',
      WORKER_PORT: '0',
      JOB_LOCK_DURATION: '2s',
      JOB_RETRY_LADDER: '200ms,200ms,200ms,200ms,200ms',
      ...(services.mongo !== undefined && { MONGODB_URI: databaseUri(services.mongo, name) }),
      ...(services.redis !== undefined && { REDIS_URL: services.redis }),
      ...changes,
    };
    const database = await createConnection(settings['MONGODB_URI'] ?? '').asPromise();
    // A collection must be there before a transaction writes into it.
    for (const collection of ['faultEffects', 'faultStarts']) await database.createCollection(collection);
    return new Ground(settings, database);
  }

  /** Ready, with the first administrator logged in. */
  async api(changes: Readonly<Record<string, string>> = {}): Promise<StartedApi> {
    const program = this.start('api.mjs', changes);
    const url = String((await program.line(({ message }) => String(message) === 'listening', bootTime)).url);
    const client = new Client(url);
    await until('the API is ready', async () => (await client.get('/health/ready')).status === 200, bootTime);
    return { program, url, admin: await client.login(administrator) };
  }

  /** A worker that takes jobs. */
  async worker(changes: Readonly<Record<string, string>> = {}): Promise<Program> {
    const program = this.start('worker.mjs', changes);
    await program.line(({ message }) => String(message) === 'taking jobs', bootTime);
    return program;
  }

  /** A program of which nothing is expected yet. */
  start(script: string, changes: Readonly<Record<string, string>> = {}): Program {
    const program = new Program(`${folder}/${script}`, { ...this.settings, ...changes });
    this.programs.push(program);
    return program;
  }

  jobs(state: string): Promise<number> {
    return this.database.collection('jobs').countDocuments({ queue: 'faults', state });
  }

  effects(): Promise<number> {
    return this.database.collection('faultEffects').countDocuments();
  }

  /** The numbers of the jobs whose handler was started, once for each start. */
  async starts(): Promise<number[]> {
    const notes = await this.database.collection('faultStarts').find().toArray();
    return notes.map(({ number }) => Number(number));
  }

  async tally(accepted: readonly number[]): Promise<Tally> {
    const notes = await this.database.collection('faultEffects').find().toArray();
    const counts = new Map<number, number>();
    for (const { number } of notes) counts.set(number, (counts.get(number) ?? 0) + 1);
    return {
      accepted: accepted.length,
      effects: accepted.reduce((sum, number) => sum + (counts.get(number) ?? 0), 0),
      lost: accepted.filter((number) => !counts.has(number)).length,
      duplicates: notes.length - new Set(notes.map(({ jobId }) => String(jobId))).size,
      dead: await this.jobs('dead'),
    };
  }

  /** Waits for the effects of what was accepted, however they come out, and prints what became of them. */
  async settle(
    title: string,
    accepted: readonly number[],
    limit = 60_000,
    more: object = {},
  ): Promise<Tally> {
    const end = Date.now() + limit;
    while ((await this.tally(accepted)).lost > 0 && Date.now() < end) await sleep(200);
    // What would double does so soon after.
    await until('nothing is open', async () => (await this.open()) === 0, 30_000).catch(() => undefined);
    const tally = await this.tally(accepted);
    this.print(title, { ...tally, ...more });
    return tally;
  }

  print(title: string, figures: object): void {
    const seconds = Math.round((Date.now() - this.began) / 100) / 10;
    this.began = Date.now();
    console.log(`${title}: ${JSON.stringify({ ...figures, seconds })}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.programs.map((program) => program[Symbol.asyncDispose]()));
    await this.database.dropDatabase();
    await this.database.close();
  }

  private open(): Promise<number> {
    const filter = { queue: 'faults', state: { $in: ['pending', 'published'] } };
    return this.database.collection('jobs').countDocuments(filter);
  }
}

/** Asks until the answer is true; a question that fails is no answer. @throws Error after `limit` milliseconds. */
export async function until(
  what: string,
  isTrue: () => Promise<boolean> | boolean,
  limit = 30_000,
): Promise<void> {
  const end = Date.now() + limit;
  const answer = async (): Promise<boolean> => isTrue();
  while (!(await answer().catch(() => false))) {
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
    await sleep(25);
  }
}

export const range = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

export const itemsOf = (data: Json | undefined): Json[] => (Array.isArray(data) ? data : []);
