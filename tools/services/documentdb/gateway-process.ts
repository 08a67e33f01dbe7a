import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { Keeper } from '../process/keeper.js';
import { ServiceUnavailableError, type Report } from '../service.js';
import { ROLE } from './postgres.js';

const READY_MS = 20_000;
const PROBE_MS = 2_000;
const COMPILED = 'build/tools/services/documentdb/gateway/main.js';

export interface GatewaySpec {
  folder: string;
  port: number;
  postgresPort: number;
  password: string;
  supervise: boolean;
  report: Report;
}

/** The address that drivers use. One member, named directly: nothing is to be discovered. */
export function gatewayUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/nexus?directConnection=true`;
}

/** Starts our wire gateway in front of a running engine and waits until a driver gets an answer through it. */
export function startGateway(spec: GatewaySpec): Promise<Keeper> {
  const program = compiledGateway();
  const flags = { port: spec.port, 'postgres-port': spec.postgresPort, 'postgres-user': ROLE };
  return Keeper.start({
    child: {
      name: 'gateway',
      command: process.execPath,
      args: [program, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)],
      env: { PGPASSWORD: spec.password, NODE_ENV: 'production' },
      folder: spec.folder,
      cwd: dirname(program),
      user: null,
      stopSignal: 'SIGTERM',
      lifeline: true,
    },
    probe: () => answers(gatewayUri(spec.port)),
    readyWithinMs: READY_MS,
    supervise: spec.supervise,
    report: spec.report,
  });
}

async function answers(uri: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: PROBE_MS, monitorCommands: false });
  try {
    await client.db('admin').command({ listDatabases: 1, nameOnly: true });
  } finally {
    await client.close();
  }
}

/** The same file whether this code runs compiled or as TypeScript. @throws ServiceUnavailableError before a build */
function compiledGateway(): string {
  const program = join(projectFolder(dirname(fileURLToPath(import.meta.url))), COMPILED);
  if (!existsSync(program))
    throw new ServiceUnavailableError(`${program} is missing: run \`npm run build\` first.`);
  return program;
}

function projectFolder(from: string): string {
  const file = join(from, 'package.json');
  if (existsSync(file) && readFileSync(file, 'utf8').includes('"nexus-backend"')) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('No package.json of this project above the running code.');
  return projectFolder(parent);
}
