import { MongoClient, MongoServerError, type Db } from 'mongodb';
import { placeData, removeData } from '../placement.js';
import { rememberedPort } from '../ports.js';
import { Keeper } from '../process/keeper.js';
import type { User } from '../process/user.js';
import type { RunningService, ServiceRequest, ServiceSource } from '../service.js';

const SET = 'rs0';
const READY_MS = 60_000;
const PROBE_MS = 2_000;
const DATA = 'mongod';
const NOT_YET_INITIALIZED = 94;

export interface MongodProgram {
  command: string;
  source: ServiceSource;
  /** For people: 'of this machine (/usr/bin/mongod)'. */
  origin: string;
  user: User | null;
}

/** Runs this mongod as the single member of a replica set, for only such a one has transactions. */
export async function runMongod(request: ServiceRequest, program: MongodProgram): Promise<RunningService> {
  const { folder, durable, report, supervise } = request;
  const data = await placeData(folder, DATA, program.user, report);
  const port = await rememberedPort(folder, 'mongod');
  const uri = `mongodb://127.0.0.1:${port}/nexus?directConnection=true`;
  const flags = [
    '--bind_ip',
    '127.0.0.1',
    '--replSet',
    SET,
    '--nounixsocket',
    '--wiredTigerCacheSizeGB',
    '0.5',
  ];
  const keeper = await Keeper.start({
    child: {
      name: 'mongod',
      command: program.command,
      args: ['--dbpath', data, '--port', String(port), ...flags],
      env: { LC_ALL: 'C', PATH: request.env['PATH'] },
      folder,
      cwd: data,
      user: program.user,
      stopSignal: 'SIGTERM',
    },
    probe: () => becomePrimary(uri, `127.0.0.1:${port}`),
    readyWithinMs: READY_MS,
    supervise,
    report,
  });
  return {
    uri,
    name: 'mongodb',
    source: program.source,
    description: `MongoDB ${program.origin}, a replica set of one, port ${port}`,
    processes: () => keeper.processes(),
    stop: async () => {
      await keeper.stop();
      if (!durable) removeData(folder, DATA);
    },
  };
}

/** Makes the server the primary of a set of its own, also when its port changed. @throws Error while it isn't. */
async function becomePrimary(uri: string, host: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: PROBE_MS });
  const admin = client.db('admin');
  try {
    const hello = await admin.command({ hello: 1 });
    const hosts: unknown = hello['hosts'];
    const known = Array.isArray(hosts) && hosts.includes(host);
    if (hello['isWritablePrimary'] === true && known) return;
    const config = await currentConfig(admin);
    if (config === null) {
      await admin.command({ replSetInitiate: { _id: SET, members: [{ _id: 0, host }] } });
    } else if (!known) {
      const moved = { ...config, version: Number(config['version']) + 1, members: [{ _id: 0, host }] };
      await admin.command({ replSetReconfig: moved, force: true });
    }
    throw new Error('the replica set elects its primary');
  } finally {
    await client.close();
  }
}

/** The replica set's configuration, or null when the server has none yet. */
async function currentConfig(admin: Db): Promise<Record<string, unknown> | null> {
  try {
    const answer = await admin.command({ replSetGetConfig: 1 });
    const config: unknown = answer['config'];
    return typeof config === 'object' && config !== null ? { ...config } : null;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return null;
    throw error;
  }
}
