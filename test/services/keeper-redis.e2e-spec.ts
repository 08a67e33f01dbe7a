import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from '../../tools/services/process/identity.js';
import { waitUntil } from '../../tools/services/process/wait.js';
import { startRedis, type RunningService } from '../../tools/services/index.js';
import { findOnPath } from '../../tools/services/path-search.js';
import { ask, listeningAddresses, noDebian, removeScratch, scratchFolder } from './scratch.js';
import { compiled, noScripts, Script } from './script.js';

const { REDIS_URL: _configured, ...env } = process.env;

let folder: string;
let running: RunningService[];
beforeEach(({ skip }) => {
  const reason = noDebian();
  if (reason !== null && findOnPath('redis-server', env['PATH']) === null) skip(reason);
  folder = scratchFolder();
  running = [];
});
afterEach(async () => {
  for (const service of running) await service.stop();
  removeScratch(folder);
});

async function start(durable = true): Promise<{ service: RunningService; lines: string[] }> {
  const { request, lines } = ask(folder, { env, durable });
  const service = await startRedis(request);
  running.push(service);
  return { service, lines };
}

/** One command on a connection of its own. */
async function withRedis<T>(uri: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(uri, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

const portOf = (uri: string): number => Number(new URL(uri).port);

describe('a kept Redis', () => {
  it('keeps port and data from run to run, evicts nothing and listens on loopback only', async () => {
    const first = (await start()).service;
    await withRedis(first.uri, (client) => client.set('kept', 'yes'));
    expect(await withRedis(first.uri, (client) => client.config('GET', 'maxmemory-policy'))).toContain(
      'noeviction',
    );
    expect(listeningAddresses(portOf(first.uri))).toEqual([expect.stringMatching(/^0100007F:/)]);
    const [{ pid } = { pid: -1 }] = first.processes();
    await first.stop();
    await first.stop();
    expect(identityOf(pid)).toBeNull();

    const second = (await start()).service;
    expect(second.uri).toBe(first.uri);
    expect(await withRedis(second.uri, (client) => client.get('kept'))).toBe('yes');
  });

  it.each([
    ['a durable one', true],
    ['a throw-away one', false],
  ])('comes back with its data on the same port after SIGKILL (%s)', async (_, durable) => {
    const { service, lines } = await start(durable);
    await withRedis(service.uri, (client) => client.set('acknowledged', 'yes'));
    process.kill(service.processes()[0]?.pid ?? -1, 'SIGKILL');
    expect(await waitUntil(() => lines.includes('redis is up again'), 10_000)).toBe(true);
    expect(await withRedis(service.uri, (client) => client.get('acknowledged'))).toBe('yes');
    await service.stop();
    expect(existsSync(join(folder, 'data/redis'))).toBe(durable);
  });

  it('has two of it side by side in two folders', async () => {
    const other = scratchFolder();
    const first = (await start()).service;
    const second = await startRedis(ask(other, { env }).request);
    expect(second.uri).not.toBe(first.uri);
    await second.stop();
    removeScratch(other);
  });

  it('is ended by the next run when its own run was killed', async ({ skip }) => {
    const reason = await noScripts(null);
    if (reason !== null) skip(reason);
    const text = `
      import { startRedis } from '${compiled('index.js')}';
      const request = { folder: ${JSON.stringify(folder)}, durable: true, env: process.env, report: () => {}, supervise: true };
      const service = await startRedis(request);
      console.log('pid ' + service.processes()[0].pid);
      setInterval(() => {}, 1000);`;
    const script = Script.run(text, folder, env);
    const pid = Number((await script.line(/^pid \d+$/, 30_000)).slice(4));
    await expect(start()).rejects.toThrow(`Another run (process ${script.child.pid})`);
    script.child.kill('SIGKILL');
    await script.exited;
    expect(identityOf(pid)).not.toBeNull();

    const { service, lines } = await start();
    expect(lines).toContain(`Ending redis (process ${pid}), left behind by an earlier run`);
    expect(identityOf(pid)).toBeNull();
    expect(service.processes()).toHaveLength(1);
  });

  it('keeps its data under /var/lib when root’s folder is closed to the user it runs as', async ({
    skip,
  }) => {
    if (process.getuid?.() !== 0) skip('this run is not root');
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o700);
    const { request, lines } = ask(closed, { env, durable: false });
    const service = await startRedis(request);
    running.push(service);
    const place = readFileSync(join(closed, 'data/redis.elsewhere'), 'utf8').trim();
    expect(place).toMatch(/^\/var\/lib\/nexus-backend\/[0-9a-f]{16}-redis-/);
    expect(lines).toContainEqual(expect.stringContaining(place));
    await withRedis(service.uri, (client) => client.set('a', 'b'));
    await service.stop();
    expect(existsSync(place)).toBe(false);
  });
});
