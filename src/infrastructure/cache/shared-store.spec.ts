import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { Breaker } from '../redis/breaker.js';
import { SharedStore } from './shared-store.js';

const open: (() => void)[] = [];

beforeAll(() => Logger.overrideLogger(false));
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A server that does this with each first word of a connection. */
async function listening(onData: (socket: Socket) => void): Promise<{ sockets: Socket[]; url: string }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).once('data', () => onData(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { sockets, url: `redis://127.0.0.1:${address.port}` };
}

function storeOf(url: string): SharedStore {
  const unused = { timeLimit: 0, isRefusal: () => false, warn: () => undefined, healed: () => undefined };
  const redis = { client: { status: 'ready' as const }, breaker: new Breaker(unused) };
  const store = new SharedStore(redis, { url, cacheUrl: url, commandTimeout: 50 }, { queuePrefix: '{spec}' });
  open.push(() => void store.onApplicationShutdown());
  store.onApplicationBootstrap();
  return store;
}

it('outlives a connection that is reset while it connects, and tries again', async () => {
  const { sockets, url } = await listening((socket) => socket.resetAndDestroy());
  const store = storeOf(url);

  await expect.poll(() => sockets.length, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(await store.get('anything')).toBeUndefined();
});

it('leaves no connection behind when it is closed while a frozen server keeps it waiting', async () => {
  let asked = false;
  const { sockets, url } = await listening(() => {
    asked = true;
  });
  const store = storeOf(url);
  await expect.poll(() => asked, { timeout: 10_000 }).toBe(true);

  await store.onApplicationShutdown();
  await expect.poll(() => sockets[0]?.destroyed, { timeout: 10_000 }).toBe(true);
});
