import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startMongo, type RunningService } from '../../tools/services/index.js';
import { FAKE_MONGOD } from './fake-mongod.js';
import { ask, removeScratch, scratchFolder } from './scratch.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = scratchFolder();
  path = join(folder, 'bin');
  mkdirSync(path);
  writeFileSync(join(path, 'mongod'), FAKE_MONGOD);
  chmodSync(join(path, 'mongod'), 0o755);
});
afterEach(() => removeScratch(folder));

async function start(): Promise<RunningService> {
  const env = { ...process.env, PATH: path, MONGODB_URI: '' };
  return startMongo(ask(join(folder, 'nexus'), { env }).request);
}

const changes = (): string[] =>
  readFileSync(join(folder, 'nexus/data/mongod/changes'), 'utf8').trim().split('\n');

describe('a mongod on PATH', () => {
  it('becomes a replica set of one, once, and stays it when its port had to change', async () => {
    const first = await start();
    const host = new URL(first.uri).host;
    expect(first.source).toBe('installed');
    expect(first.description).toContain(join(path, 'mongod'));
    expect(changes()).toEqual([`initiate [{"_id":0,"host":"${host}"}]`]);
    await first.stop();

    const second = await start();
    expect(second.uri).toBe(first.uri);
    expect(changes()).toHaveLength(1);
    await second.stop();

    const squatter = createServer();
    await new Promise<void>((resolve) =>
      squatter.listen(Number(new URL(first.uri).port), '127.0.0.1', resolve),
    );
    const third = await start();
    const moved = new URL(third.uri).host;
    expect(moved).not.toBe(host);
    expect(changes().slice(1)).toEqual([`reconfig [{"_id":0,"host":"${moved}"}]`]);
    const client = new MongoClient(third.uri, { serverSelectionTimeoutMS: 5_000 });
    const hello = await client.db().command({ hello: 1 });
    expect(hello).toMatchObject({ isWritablePrimary: true, setName: 'rs0', hosts: [moved] });
    await client.close();
    await third.stop();
    await new Promise((resolve) => squatter.close(resolve));
  });
});
