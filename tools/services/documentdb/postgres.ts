import { join } from 'node:path';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import pg from 'pg';
import { identityOf } from '../process/identity.js';
import { Keeper } from '../process/keeper.js';
import type { User } from '../process/user.js';
import type { Report } from '../service.js';

/** The only role; the first one of a PostgreSQL, which may do everything. */
export const ROLE = 'nexus';
export const DATABASE = 'postgres';
const READY_MS = 60_000;

export interface PostgresSpec {
  /** The unpacked engine. */
  home: string;
  data: string;
  /** Holds logs/ and run/. */
  folder: string;
  port: number;
  password: string;
  user: User | null;
  durable: boolean;
  supervise: boolean;
  report: Report;
}

/** `<home>/usr/lib/postgresql/<version>/bin/<program>`. @throws Error when the cache folder was tampered with. */
export function postgresProgram(home: string, program: string): string {
  const folder = join(home, 'usr/lib/postgresql');
  const version = readdirSync(folder)[0];
  if (version === undefined) throw new Error(`${folder} is empty: remove ${home} to have it made again.`);
  return join(folder, version, 'bin', program);
}

/** What PostgreSQL and its programs see of the environment: nothing of ours that could change what they do. */
export function postgresEnvironment(password: string): NodeJS.ProcessEnv {
  // The engine's own workers connect by libpq, which takes the password from here.
  return { LC_ALL: 'C.UTF-8', TZ: 'GMT', PGPASSWORD: password };
}

/** Starts the server on a prepared data folder and waits until it answers. */
export function startPostgres(spec: PostgresSpec): Promise<Keeper> {
  return Keeper.start({
    child: {
      name: 'postgres',
      command: postgresProgram(spec.home, 'postgres'),
      args: ['-D', spec.data, ...settings(spec).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      env: postgresEnvironment(spec.password),
      folder: spec.folder,
      cwd: spec.data,
      user: spec.user,
      stopSignal: 'SIGINT',
    },
    prepare: () => removeStalePidFile(spec.data),
    probe: async () => {
      const client = postgresClient(spec.port, spec.password);
      try {
        await client.connect();
        await client.query('select 1');
      } finally {
        await client.end();
      }
    },
    readyWithinMs: READY_MS,
    supervise: spec.supervise,
    report: spec.report,
  });
}

export function postgresClient(port: number, password: string): pg.Client {
  const client = new pg.Client({ host: '127.0.0.1', port, user: ROLE, database: DATABASE, password });
  client.on('error', () => undefined);
  return client;
}

/**
 * Sorted reads use an index only by the extended index handler and with enable_sort off: otherwise a list of 20 from
 * 60,000 documents sorts them all. A throw-away instance never waits for the disk, yet a killed one keeps its data.
 */
function settings({ port, durable }: PostgresSpec): [string, string][] {
  return [
    ['listen_addresses', '127.0.0.1'],
    ['port', String(port)],
    ['unix_socket_directories', ''],
    ['shared_preload_libraries', 'pg_cron,pg_documentdb_core,pg_documentdb,pg_documentdb_extended_rum'],
    ['documentdb.rum_library_load_option', 'require_documentdb_extended_rum'],
    ['documentdb.alternate_index_handler_name', 'extended_rum'],
    ['documentdb.localhost_connection_string', 'host=127.0.0.1'],
    ['enable_sort', 'off'],
    ['jit', 'off'],
    ['cron.database_name', DATABASE],
    ['cron.use_background_workers', 'on'],
    ['max_worker_processes', '16'],
    ['timezone', 'GMT'],
    ['log_timezone', 'GMT'],
    ...(durable
      ? []
      : [['fsync', 'off'] as [string, string], ['full_page_writes', 'off'] as [string, string]]),
  ];
}

/**
 * PostgreSQL refuses to start while the pid in its pid file is alive, whoever has that pid by now. Its own check of
 * the shared memory remains, so a predecessor that really runs still keeps the data folder.
 */
function removeStalePidFile(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  try {
    const [pid = '', folder = ''] = readFileSync(file, 'utf8').split('\n');
    if (identityOf(Number(pid)) !== null && runsOn(Number(pid), folder)) return Promise.resolve();
    rmSync(file);
  } catch {
    // There is none, as after every clean end.
  }
  return Promise.resolve();
}

/** True when the process is a PostgreSQL of this data folder; unknown (not Linux) counts as true. */
function runsOn(pid: number, data: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data);
  } catch {
    return true;
  }
}
