import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { unprivilegedUser, type User } from '../../tools/services/process/user.js';
import { cacheEntries, noDebian, removeScratch, scratchFolder } from './scratch.js';
import { compiled, noScripts, Script } from './script.js';

/** From an empty home folder to a document and a key that were written and read, then everything ended. */
const FIRST_WRITE = `
import { MongoClient } from '${import.meta.resolve('mongodb')}';
import { Redis } from '${import.meta.resolve('ioredis')}';
import { startEngine } from '${compiled('documentdb/engine.js')}';
import { startRedis } from '${compiled('index.js')}';
const request = { folder: process.cwd() + '/.nexus', durable: true, env: process.env, report: console.log, supervise: false };
const [mongo, redis] = await Promise.all([startEngine(request), startRedis(request)]);
const client = new MongoClient(mongo.uri);
await client.db().collection('first').insertOne({ written: true });
console.log('documents ' + (await client.db().collection('first').countDocuments({ written: true })));
await client.close();
const keys = new Redis(redis.uri);
await keys.set('first', 'written');
console.log('key ' + (await keys.get('first')));
keys.disconnect();
await Promise.all([mongo.stop(), redis.stop()]);
console.log('ended');
`;

/** Debian's own programs and nothing that is installed beside them. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

let home = '';
afterEach(() => removeScratch(home));

async function fromNothing(user: User | null): Promise<Script> {
  home = scratchFolder(user);
  const { MONGODB_URI: _mongo, REDIS_URL: _redis, XDG_CACHE_HOME: _cache, ...env } = process.env;
  const script = Script.run(FIRST_WRITE, home, { ...env, HOME: home, PATH }, user);
  await script.line(/^ended$/, 280_000);
  return script;
}

describe('services from nothing', () => {
  const root = process.getuid?.() === 0;

  it('are there for root, whose database runs as another user', { timeout: 300_000 }, async ({ skip }) => {
    if (!root) skip('this run is not root');
    const reason = noDebian() ?? (await noScripts(null));
    if (reason !== null) skip(reason);
    const script = await fromNothing(null);
    expect(script.lines).toEqual(expect.arrayContaining(['documents 1', 'key written']));
    expect(await script.exited).toBe(0);
    const { uid } = statSync(join(home, '.nexus/data/documentdb/data'));
    expect(uid).toBe((await unprivilegedUser())?.uid);
    const names = cacheEntries(join(home, '.cache')).map((entry) => entry.replace(/-(amd|arm)64/, ''));
    expect(names).toEqual(['documentdb-1', 'documentdb-1-data-1-root', 'redis-1']);
  });

  it('are there for an ordinary user, in folders of theirs', { timeout: 300_000 }, async ({ skip }) => {
    const user = await unprivilegedUser();
    const reason = noDebian() ?? (await noScripts(user));
    if (reason !== null) skip(reason);
    const script = await fromNothing(user);
    expect(script.lines).toEqual(expect.arrayContaining(['documents 1', 'key written']));
    expect(await script.exited).toBe(0);
    const names = cacheEntries(join(home, '.cache')).map((entry) => entry.replace(/-(amd|arm)64/, ''));
    expect(names).toEqual(['documentdb-1', 'documentdb-1-data-1', 'redis-1']);
  });
});
