import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { OptionalRedis } from '../../src/infrastructure/redis/optional-redis.js';
import { startApi, type RunningApi } from '../support/app.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { accountMaker, password, type Account } from './accounts.js';
import { atOnce, bearer, caller, newAddress, oneByOne, tally } from './callers.js';

const open = '/api/csrf-token';

let proxy: TcpProxy;
let direct: Redis;
let api: RunningApi;
let prefix: string;
let make: (email: string) => Promise<Account>;

beforeAll(async () => {
  const { hostname, port, pathname } = new URL(inject('redisUrl'));
  proxy = await TcpProxy.to(hostname, Number(port || 6_379));
  direct = new Redis(inject('redisUrl'));
  api = await startApi({
    REDIS_URL: `redis://127.0.0.1:${proxy.port}${pathname}`,
    RATE_LIMIT_ANONYMOUS: '20/10m',
    RATE_LIMIT_PRINCIPAL: '30/10m',
    RATE_LIMIT_AUTH_FAILURES: '5/10m',
    TRUSTED_PROXIES: '127.0.0.1',
  });
  prefix = `${process.env['QUEUE_PREFIX']}:limit:`;
  make = await accountMaker(api);
});

beforeEach(untilRedisAnswers);

afterAll(async () => {
  await api?.close();
  await proxy?.close();
  direct?.disconnect();
});

async function untilRedisAnswers(): Promise<void> {
  const redis = api.app.get(OptionalRedis, { strict: false });
  const answers = async () => expect(await redis.run((client) => client.ping())).toBe('PONG');
  await vi.waitFor(answers, { timeout: 10_000, interval: 50 });
}

const countIn = async (key: string): Promise<number> => Number((await direct.get(prefix + key)) ?? 0);

const ways = {
  stopped: { away: () => proxy.cut(), back: () => proxy.restore() },
  frozen: { away: async () => proxy.freeze(), back: async () => proxy.thaw() },
};

describe.each(['stopped', 'frozen'] as const)('while Redis is %s', (how) => {
  const { away, back } = ways[how];
  afterEach(back);

  it('an address goes on from where it was, and is counted in Redis again when that is back', async () => {
    const someone = caller(api.url);
    expect(tally(await oneByOne(15, () => someone.get(open)))).toEqual({ 200: 15 });
    await away();
    const unknown = newAddress();
    const start = performance.now();
    expect(tally(await oneByOne(10, () => someone.get(open)))).toEqual({ 200: 5, 429: 5 });
    expect(tally(await atOnce(40, () => caller(api.url, unknown).get(open)))).toEqual({
      200: 20,
      429: 20,
    });
    // Each second one request finds out whether Redis is back; it waits 50 ms.
    expect((performance.now() - start) / 50).toBeLessThan(400);
    await back();
    await untilRedisAnswers();
    const other = newAddress();
    expect((await caller(api.url, other).get(open)).status).toBe(200);
    expect(await countIn(`address:${other}`)).toBe(1);
  });

  it('people log in, work and are limited', async () => {
    const ada = await make(`ada-${how}@nexus.test`);
    await away();
    const token = bearer(await ada.token());
    const replies = await atOnce(40, () => caller(api.url).get('/api/users/me', token));
    expect(tally(replies)).toEqual({ 200: 30, 429: 10 });
  });

  it('wrong passwords have a budget of the same size', async () => {
    const bob = await make(`bob-${how}@nexus.test`);
    await away();
    const from = caller(api.url);
    const guess = { email: `${how}@nexus.test`, password: 'Wrong-Horse-9-Battery' };
    const replies = await atOnce(12, () => from.post('/api/auth/login', guess));
    expect(tally(replies)).toEqual({ 401: 5, 429: 7 });
    const right = await from.post('/api/auth/login', { email: bob.email, password });
    expect(right.status).toBe(200);
  });
});
