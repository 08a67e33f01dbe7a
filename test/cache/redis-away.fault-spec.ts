import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { untilStatus } from '../health/proxied.js';
import { administrator, isolatedSettings } from '../support/app.js';
import { Client } from '../support/client.js';
import { Program } from '../support/program.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** Milliseconds by which an answer may be later than with Redis. */
const mostExtra = 60;
/** What else runs on a machine delays a request now and then; what waits for Redis is late every time. */
const rounds = 5;
/** Milliseconds: longer than a breaker stays open, so that somebody finds out in each whether Redis is back. */
const round = 1_300;
const users = 10_000;
/** Milliseconds between reads: a quick machine would be through with all the users before the rounds are over. */
const pause = 3;

describe.sequential('reads that the cache is asked for, without Redis', () => {
  // Limits are on: they ask Redis as well, and a request waits for it once in all.
  const settings: Record<string, string> = {
    ...isolatedSettings(),
    RATE_LIMIT_ANONYMOUS: '1000000/15m',
    RATE_LIMIT_PRINCIPAL: '1000000/15m',
  };
  let proxy: TcpProxy;
  let program: Program;
  let admin: Client;
  const ids: string[] = [];
  let next = 0;

  beforeAll(async () => {
    const redis = new URL(inject('redisUrl'));
    proxy = await TcpProxy.to(redis.hostname, Number(redis.port));
    settings['REDIS_URL'] = `redis://127.0.0.1:${proxy.port}`;
    settings['LOG_LEVEL'] = 'info';
    program = new Program('dist/main.js', settings);
    const url = await program.url();
    await untilStatus(url, '/health/ready', 200, 60_000);
    admin = await new Client(url).login(administrator);
    const email = 'away@nexus.test';
    await admin.post('/api/users', { email, name: 'Away' });
    const client = await MongoClient.connect(settings['MONGODB_URI'] ?? '');
    const collection = client.db().collection('users');
    const { _id, ...user } = (await collection.findOne({ email })) ?? { _id: undefined };
    const copies = Array.from({ length: users }, (_, number) => ({
      ...user,
      email: `away-${number}@nexus.test`,
    }));
    const { insertedIds } = await collection.insertMany(copies);
    ids.push(...Object.values(insertedIds).map(String));
    await client.close();
  });
  afterAll(async () => {
    await program?.[Symbol.asyncDispose]();
    await proxy?.close();
    const client = await MongoClient.connect(settings['MONGODB_URI'] ?? '');
    await client.db().dropDatabase();
    await client.close();
  });

  /** Of a user whom this process does not hold, or a list that it has not made: milliseconds. */
  async function read(): Promise<number> {
    next += 1;
    const path = next % 4 === 0 ? `/api/roles?limit=${1 + (next % 100)}&page=1` : `/api/users/${ids[next]}`;
    const since = performance.now();
    expect((await admin.get(path)).status).toBe(200);
    return performance.now() - since;
  }

  /** The slowest read of each round. */
  async function slowestOfRounds(): Promise<number[]> {
    const found: number[] = [];
    for (let count = 0; count < rounds; count++) {
      const end = performance.now() + round;
      let slowest = 0;
      while (performance.now() < end) {
        slowest = Math.max(slowest, await read());
        await sleep(pause);
      }
      found.push(Math.round(slowest));
    }
    return found;
  }

  it('are at most 60 ms later while it is frozen, and while it is away', async () => {
    const usual = await slowestOfRounds();
    proxy.freeze();
    const frozen = await slowestOfRounds();
    proxy.thaw();
    await proxy.cut();
    const away = await slowestOfRounds();
    await proxy.restore();

    const figures = { usual, frozen, away, reads: next };
    console.log(`the slowest read of each round, in ms: ${JSON.stringify(figures)}`);
    expect(next).toBeLessThan(users);
    // Of each the round that the rest of the machine disturbed least.
    expect(Math.min(...frozen) - Math.min(...usual)).toBeLessThanOrEqual(mostExtra);
    expect(Math.min(...away) - Math.min(...usual)).toBeLessThanOrEqual(mostExtra);
  });
});
