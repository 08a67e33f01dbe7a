import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startMongo, type MongoWays } from './mongo.js';
import { startRedis, type RedisWays } from './redis.js';
import type { RunningService, ServiceRequest, ServiceSource } from './service.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A PATH with these programs, each empty; the first folder of it holds a file that can't be run. */
function pathWith(...programs: string[]): string {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  for (const path of [first, second]) mkdirSync(path, { recursive: true });
  for (const program of programs) {
    writeFileSync(join(first, program), '');
    writeFileSync(join(second, program), '#!/bin/sh\n');
    chmodSync(join(second, program), 0o755);
  }
  return `${first}:relative:${second}`;
}

function request(env: NodeJS.ProcessEnv, lines: string[] = []): ServiceRequest {
  return { folder, durable: true, supervise: false, env, report: (line) => void lines.push(line) };
}

function service(source: ServiceSource): Promise<RunningService> {
  const rest = {
    name: 'mongodb' as const,
    description: '',
    processes: () => [],
    stop: () => Promise.resolve(),
  };
  return Promise.resolve({ source, uri: `test://${source}`, ...rest });
}

type Outcome = 'works' | 'fails';

function mongoWays(
  download: Outcome,
  engine: Outcome,
  unpackedBefore: boolean,
  tried: string[] = [],
): MongoWays {
  const way = (source: ServiceSource, outcome: Outcome): Promise<RunningService> => {
    tried.push(source);
    return outcome === 'works' ? service(source) : Promise.reject(new Error(`no ${source}`));
  };
  return {
    configured: () => way('configured', 'works'),
    installed: () => way('installed', 'works'),
    downloaded: () => way('downloaded', download),
    unpacked: () => way('unpacked', engine),
    isUnpacked: () => Promise.resolve(unpackedBefore),
  };
}

interface MongoCase {
  when: string;
  uri?: string;
  programs?: string[];
  download?: Outcome;
  unpackedBefore?: boolean;
  dataOf?: 'mongod' | 'documentdb';
  tries: string[];
}

describe('the order in which a MongoDB is found', () => {
  const table: MongoCase[] = [
    { when: 'MONGODB_URI is set', uri: 'mongodb://x', programs: ['mongod'], tries: ['configured'] },
    { when: 'MONGODB_URI is empty', uri: '', programs: ['mongod'], tries: ['installed'] },
    { when: 'mongod is on PATH', programs: ['mongod'], unpackedBefore: true, tries: ['installed'] },
    { when: 'only the network is there', tries: ['downloaded'] },
    { when: 'the download is out of reach', download: 'fails', tries: ['downloaded', 'unpacked'] },
    { when: 'the engine was unpacked before', unpackedBefore: true, tries: ['unpacked'] },
    { when: 'the data is of the engine', programs: ['mongod'], dataOf: 'documentdb', tries: ['unpacked'] },
    { when: 'the data is of mongod', dataOf: 'mongod', unpackedBefore: true, tries: ['downloaded'] },
  ];
  it.each(table)('$when: $tries', async (given) => {
    if (given.dataOf !== undefined) {
      mkdirSync(join(folder, 'data'));
      writeFileSync(join(folder, 'data', 'mongodb.engine'), given.dataOf);
    }
    const tried: string[] = [];
    const ways = mongoWays(given.download ?? 'works', 'works', given.unpackedBefore ?? false, tried);
    const found = await startMongo(
      request({ MONGODB_URI: given.uri, PATH: pathWith(...(given.programs ?? [])) }),
      ways,
    );
    expect(tried).toEqual(given.tries);
    expect(found.source).toBe(given.tries.at(-1));
  });

  it('says of each way why not, and what to do', async () => {
    const lines: string[] = [];
    const asked = request({ PATH: pathWith() }, lines);
    const error = await startMongo(asked, mongoWays('fails', 'fails', false)).catch(String);
    const parts = [
      'mongod on PATH: there is none',
      'no downloaded',
      'no unpacked',
      'docker compose',
      'install mongod',
    ];
    for (const words of parts) {
      expect(error).toContain(words);
    }
    expect(lines).toContain("MongoDB's download: no downloaded");
  });

  it('never gives data of another engine an empty database beside it', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'mongodb.engine'), 'mongod');
    const tried: string[] = [];
    const error = await startMongo(
      request({ PATH: pathWith() }),
      mongoWays('fails', 'works', true, tried),
    ).catch(String);
    expect(tried).toEqual(['downloaded']);
    expect(error).toContain(`remove ${join(folder, 'data')}`);
  });

  it('remembers which engine has the data', async () => {
    await startMongo(request({ PATH: pathWith() }), mongoWays('fails', 'works', false));
    expect(readFileSync(join(folder, 'data', 'mongodb.engine'), 'utf8').trim()).toBe('documentdb');
  });
});

describe('the order in which a Redis is found', () => {
  const ways = (tried: string[], installed: Outcome = 'works', unpacked: Outcome = 'works'): RedisWays => {
    const way = (source: ServiceSource, outcome: Outcome): Promise<RunningService> => {
      tried.push(source);
      return outcome === 'works' ? service(source) : Promise.reject(new Error(`no ${source}`));
    };
    return {
      configured: () => way('configured', 'works'),
      installed: () => way('installed', installed),
      unpacked: () => way('unpacked', unpacked),
    };
  };
  it.each([
    ['REDIS_URL is set', { uri: 'redis://x', programs: ['redis-server'] }, ['configured']],
    ['redis-server is on PATH', { uri: '', programs: ['redis-server'] }, ['installed']],
    ['there is neither', { uri: undefined, programs: [] }, ['unpacked']],
  ])('%s', async (_, { uri, programs }, expected) => {
    const tried: string[] = [];
    await startRedis(request({ REDIS_URL: uri, PATH: pathWith(...programs) }), ways(tried));
    expect(tried).toEqual(expected);
  });

  it('goes on when the installed one does not start, and names the remedies when all fail', async () => {
    const tried: string[] = [];
    const asked = request({ PATH: pathWith('redis-server') });
    const error = await startRedis(asked, ways(tried, 'fails', 'fails')).catch(String);
    expect(tried).toEqual(['installed', 'unpacked']);
    expect(error).toMatch(/docker compose.*REDIS_URL.*install redis-server/s);
  });
});
