import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { untilStatus } from '../health/proxied.js';
import { administrator, isolatedSettings } from '../support/app.js';
import { Client, type Reply } from '../support/client.js';
import { median } from '../support/fastest.js';
import { Program } from '../support/program.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { httpCacheFlows } from './http-cache.flows.js';

/** Two processes over one database and one Redis, which they reach through a proxy that can be frozen. */
describe.sequential('the cache, on two processes', () => {
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const settings: Record<string, string> = {
    ...isolatedSettings(),
    LOG_LEVEL: 'info',
    JWT_PRIVATE_KEYS: JSON.stringify([{ ...key, kid: 'shared' }]),
  };
  let proxy: TcpProxy;
  let programs: Program[];
  let a: Client;
  let b: Client;
  let id: string;

  async function start(): Promise<{ program: Program; url: string }> {
    const program = new Program('dist/main.js', settings);
    const url = await program.url();
    await untilStatus(url, '/health/ready', 200, 30_000);
    return { program, url };
  }

  beforeAll(async () => {
    const redis = new URL(inject('redisUrl'));
    proxy = await TcpProxy.to(redis.hostname, Number(redis.port));
    settings['REDIS_URL'] = `redis://127.0.0.1:${proxy.port}`;
    const first = await start();
    settings['MONGODB_AUTO_INDEX'] = 'false';
    const second = await start();
    programs = [first.program, second.program];
    a = await new Client(first.url).login(administrator);
    b = await new Client(second.url).login(administrator);
    const made = await a.post('/api/users', { email: 'cached@nexus.test', name: 'First' });
    id = String(made.body.data?.id);
  });
  afterAll(async () => {
    for (const program of programs ?? []) await program[Symbol.asyncDispose]();
    await proxy?.close();
    const client = await MongoClient.connect(settings['MONGODB_URI'] ?? '');
    await client.db().dropDatabase();
    await client.close();
  });

  const read = (client: Client): Promise<Reply> => client.get(`/api/users/${id}`);
  const nameOn = async (client: Client): Promise<string> => String((await read(client)).body.data?.name);
  const figure = async (client: Client, name: string): Promise<number> => {
    const { body } = await client.get('/metrics', { headers: { accept: 'application/json' } });
    return Number(body[name] ?? 0);
  };

  it('loads once for many callers, and what one process loaded serves the other', async () => {
    const misses = await figure(a, 'cache_misses_total');
    const names = await Promise.all(Array.from({ length: 100 }, () => nameOn(a)));
    expect(new Set(names)).toEqual(new Set(['First']));
    expect((await figure(a, 'cache_misses_total')) - misses).toBeLessThanOrEqual(1);

    const before = await figure(b, 'cache_hits_total');
    expect(await nameOn(b)).toBe('First');
    expect(await nameOn(b)).toBe('First');
    expect((await figure(b, 'cache_hits_total')) - before).toBeGreaterThanOrEqual(1);
  });

  it('shows a change at once where it was made, and within a second elsewhere', async () => {
    const waits: number[] = [];
    for (const name of ['Second', 'Third', 'Fourth', 'Fifth', 'Sixth']) {
      await nameOn(b);
      expect((await a.patch(`/api/users/${id}`, { name })).status).toBe(200);
      const since = performance.now();
      expect(await nameOn(a)).toBe(name);
      while ((await nameOn(b)) !== name && performance.now() - since < 5_000) await sleep(5);
      waits.push(Math.round(performance.now() - since));
    }
    console.log(`a change was seen by the other process after ${waits.join(', ')} ms`);
    expect(median(waits)).toBeLessThan(1_000);
    expect(Math.max(...waits)).toBeLessThan(5_000);
  });

  it('shows each kind of change to the other process within a second', async () => {
    const role = await a.post('/api/roles', { name: 'cached', permissions: [] });
    const roleId = String(role.body.data?.id);
    const one = `/api/users/${id}`;
    const shows = (text: string) => async (): Promise<boolean> => (await read(b)).text.includes(text);
    const answers = (status: number) => async (): Promise<boolean> => (await read(b)).status === status;
    const changes: [string, () => Promise<Reply>, () => Promise<boolean>][] = [
      ['PUT', () => a.put(one, { name: 'Put' }), shows('"name":"Put"')],
      ['role given', () => a.put(`${one}/roles/${roleId}`), shows('"name":"cached"')],
      ['role renamed', () => a.patch(`/api/roles/${roleId}`, { name: 'renamed' }), shows('"name":"renamed"')],
      ['role taken', () => a.delete(`${one}/roles/${roleId}`), async () => !(await shows('renamed')())],
      ['suspended', () => a.post(`${one}/suspend`), shows('"status":"suspended"')],
      ['activated', () => a.post(`${one}/activate`), async () => !(await shows('"status":"suspended"')())],
      ['deleted', () => a.delete(one), answers(404)],
      ['restored', () => a.post(`${one}/restore`), answers(200)],
    ];
    const waits: string[] = [];
    for (const [kind, change, isSeen] of changes) {
      await read(b);
      const { status, text } = await change();
      expect(status, `${kind}: ${text}`).toBe(200);
      const since = performance.now();
      while (!(await isSeen()) && performance.now() - since < 5_000) await sleep(5);
      const waited = Math.round(performance.now() - since);
      waits.push(`${kind} ${waited}`);
      expect(waited, kind).toBeLessThan(1_000);
    }
    console.log(`changes seen by the other process, after ms: ${waits.join(', ')}`);
  });

  it('never shows one what another may see: the answer is who asks for, the cache is not', async () => {
    const roleless = { email: 'nobody@nexus.test', password: 'Correct-Horse-7-Battery' };
    await a.post('/api/users', { ...roleless, name: 'Nobody' });
    const nobody = await new Client(a.url).login(roleless);
    expect((await read(a)).status).toBe(200);
    expect((await read(nobody)).status).toBe(403);
    const [mine, theirs] = await Promise.all([a, nobody].map((client) => client.get('/api/users/me')));
    expect(mine?.body.data?.email).toBe(administrator.email);
    expect(theirs?.body.data?.email).toBe(roleless.email);
  });

  httpCacheFlows(() => ({ a, b }));

  it('answers while Redis is frozen, and goes by no older value when it is back', async () => {
    await nameOn(a);
    proxy.freeze();
    const calm = await times(21, () => read(a));
    expect((await a.patch(`/api/users/${id}`, { name: 'While frozen' })).status).toBe(200);
    const changed = await times(21, () => read(a));
    expect(await nameOn(a)).toBe('While frozen');
    const [slowest, afterChange] = [Math.max(...calm), Math.max(...changed)];
    console.log(
      `slowest of 21 reads while Redis is frozen: ${slowest} ms, right after a change ${afterChange} ms`,
    );
    expect(Math.max(slowest, afterChange)).toBeLessThan(3_000);
    expect(Math.max(median(calm), median(changed))).toBeLessThan(500);

    proxy.thaw();
    for (const client of [a, b]) {
      const since = performance.now();
      while ((await nameOn(client)) !== 'While frozen' && performance.now() - since < 5_000) await sleep(20);
      expect(await nameOn(client)).toBe('While frozen');
    }
  });
});

/** Milliseconds of each. */
async function times(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let time = 0; time < count; time++) {
    const since = performance.now();
    await work();
    taken.push(Math.round(performance.now() - since));
  }
  return taken;
}
