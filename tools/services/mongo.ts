import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.js';
import { checkMongo, configuredService } from './configured.js';
import { engineIsCached, startEngine } from './documentdb/engine.js';
import { downloadedMongod } from './mongod/download.js';
import { runMongod } from './mongod/replica-set.js';
import { findOnPath } from './path-search.js';
import { endLeftovers } from './process/leftovers.js';
import { canUse, unprivilegedUser } from './process/user.js';
import { step } from './progress.js';
import { type RunningService, type ServiceRequest } from './service.js';
import { firstThatWorks, type Way } from './ways.js';

const REMEDIES =
  'Do one of these: run `docker compose -f docker-compose.services.yml up -d --wait` and set MONGODB_URI as .env.example shows; ' +
  'set MONGODB_URI to a replica set that you have; or install mongod so that it is on PATH.';

/** What keeps the data; a folder's data stays with the one that wrote it. */
type Engine = 'mongod' | 'documentdb';

/** The real thing behind each way, replaceable by a test of their order. */
export interface MongoWays {
  configured(request: ServiceRequest, uri: string): Promise<RunningService>;
  installed(request: ServiceRequest, command: string): Promise<RunningService>;
  downloaded(request: ServiceRequest): Promise<RunningService>;
  unpacked(request: ServiceRequest): Promise<RunningService>;
  /** true: the engine was unpacked by an earlier run. */
  isUnpacked(request: ServiceRequest): Promise<boolean>;
}

const realWays: MongoWays = {
  configured: async ({ report }, uri) => {
    await step(report, 'Connecting to MongoDB as configured by MONGODB_URI', () => checkMongo(uri));
    return configuredService('mongodb', uri);
  },
  installed: async (request, command) => {
    const nobody = await unprivilegedUser();
    const user = nobody !== null && (await canUse(nobody, command, 'execute')) ? nobody : null;
    return step(request.report, `Starting MongoDB (${command})`, () =>
      runMongod(request, { command, source: 'installed', origin: `of this machine (${command})`, user }),
    );
  },
  downloaded: async (request) => {
    const user = await unprivilegedUser();
    const command = await downloadedMongod(await cacheFolder(request.env, user), request.report);
    return step(request.report, `Starting MongoDB (${command})`, () =>
      runMongod(request, { command, source: 'downloaded', origin: 'from its own download', user }),
    );
  },
  unpacked: startEngine,
  isUnpacked: async ({ env }) => engineIsCached(env),
};

/**
 * A MongoDB: MONGODB_URI, else a mongod on PATH, else mongodb-memory-server's download, else the DocumentDB engine.
 * A folder that holds data stays with the engine that wrote it, and an engine that was unpacked once is not left for
 * a download that was impossible then.
 * @throws ServiceUnavailableError that names the remedies when none can be had, or the configured one is away.
 */
export async function startMongo(
  request: ServiceRequest,
  ways: MongoWays = realWays,
): Promise<RunningService> {
  const { env, report, folder } = request;
  const configured = env['MONGODB_URI'] ?? '';
  if (configured !== '') return ways.configured(request, configured);
  // Two servers on one data folder would ruin it.
  await endLeftovers(folder, report);
  const before = readEngine(folder);
  if (before !== null)
    report(`The data in ${folder} is of ${before === 'mongod' ? 'MongoDB' : 'the DocumentDB engine'}`);
  const mayRunMongod = before !== 'documentdb';
  const installed = findOnPath('mongod', env['PATH']);
  const preferUnpacked = installed === null && before === null && (await ways.isUnpacked(request));
  const otherData = 'the data here is of another engine';
  const order: Way[] = [
    {
      title: 'mongod on PATH',
      start: mayRunMongod && installed !== null ? () => ways.installed(request, installed) : null,
      otherwise: mayRunMongod ? 'there is none' : otherData,
    },
    {
      title: "MongoDB's download",
      start: mayRunMongod && !preferUnpacked ? () => ways.downloaded(request) : null,
      otherwise: preferUnpacked ? 'an earlier run could not have it' : otherData,
    },
    {
      title: 'DocumentDB from Debian packages',
      start: before === 'mongod' ? null : () => ways.unpacked(request),
      otherwise: otherData,
    },
  ];
  const remedies =
    before === null ? REMEDIES : `${REMEDIES} Or remove ${join(folder, 'data')} to begin with no data.`;
  const service = await firstThatWorks('MongoDB', order, remedies, report);
  writeEngine(folder, service.source === 'unpacked' ? 'documentdb' : 'mongod');
  return service;
}

function engineFile(folder: string): string {
  return join(folder, 'data', 'mongodb.engine');
}

function readEngine(folder: string): Engine | null {
  const file = engineFile(folder);
  const word = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return word === 'mongod' || word === 'documentdb' ? word : null;
}

function writeEngine(folder: string, engine: Engine): void {
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(engineFile(folder), `${engine}\n`);
}
