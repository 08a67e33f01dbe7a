import { Redis } from 'ioredis';
import { Keeper } from '../process/keeper.js';
import type { User } from '../process/user.js';
import { placeData, removeData } from '../placement.js';
import { rememberedPort } from '../ports.js';
import type { RunningService, ServiceRequest, ServiceSource } from '../service.js';

const READY_MS = 30_000;

export interface RedisProgram {
  command: string;
  source: ServiceSource;
  /** For people: '7.0.15 of this machine'. */
  origin: string;
  user: User | null;
}

/** Runs this redis-server on its own loopback port with its data in a private folder. */
export async function runRedis(request: ServiceRequest, program: RedisProgram): Promise<RunningService> {
  const { folder, durable, report, supervise } = request;
  const data = await placeData(folder, 'redis', program.user, report);
  const port = await rememberedPort(folder, 'redis');
  const uri = `redis://127.0.0.1:${port}`;
  const keeper = await Keeper.start({
    child: {
      name: 'redis',
      command: program.command,
      args: settings(port, data, durable),
      env: { LC_ALL: 'C', PATH: request.env['PATH'] },
      folder,
      cwd: data,
      user: program.user,
      stopSignal: 'SIGTERM',
    },
    probe: () => answers(port),
    readyWithinMs: READY_MS,
    supervise,
    report,
  });
  return {
    uri,
    name: 'redis',
    source: program.source,
    description: `Redis ${program.origin}, port ${port}`,
    processes: () => keeper.processes(),
    stop: async () => {
      await keeper.stop();
      if (!durable) removeData(folder, 'redis');
    },
  };
}

/**
 * The append-only file is written even for a throw-away instance: a killed server must come back with its data; only
 * the wait for the disk is left out. A queue must never be evicted.
 */
function settings(port: number, data: string, durable: boolean): string[] {
  const values = {
    port: String(port),
    bind: '127.0.0.1',
    dir: data,
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: durable ? 'everysec' : 'no',
    'maxmemory-policy': 'noeviction',
    save: '',
  };
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
}

/** @throws Error while the server doesn't answer, or still loads its data. */
async function answers(port: number): Promise<void> {
  const client = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}
