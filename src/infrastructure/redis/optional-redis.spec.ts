import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { OptionalRedis } from './optional-redis.js';
import { RedisConnections } from './redis-connections.js';

/** Speaks as much of Redis as a connection needs, until it is frozen. */
class TinyRedis {
  readonly sockets = new Set<Socket>();
  asked = 0;
  frozen = false;
  answer = '+PONG\r\n';
  private readonly server: Server = createServer((socket) => {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('data', (data) => this.reply(socket, String(data)));
  });

  async listen(port = 0): Promise<number> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private reply(socket: Socket, text: string): void {
    for (const [, name] of text.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
      const isPing = name?.toLowerCase() === 'ping';
      if (isPing) this.asked += 1;
      if (this.frozen) continue;
      socket.write(isPing ? this.answer : name?.toLowerCase() === 'info' ? '$0\r\n\r\n' : '+OK\r\n');
    }
  }
}

const commandTimeout = 50;
const open: (() => void)[] = [];

beforeAll(() => Logger.overrideLogger(false));
afterEach(() => {
  for (const close of open.splice(0)) close();
});

function connect(port: number): OptionalRedis {
  const config = { url: `redis://127.0.0.1:${port}`, commandTimeout };
  const connections = new RedisConnections(config);
  open.push(() => connections.onApplicationShutdown());
  return new OptionalRedis(connections, config);
}

async function started(): Promise<{ server: TinyRedis; redis: OptionalRedis; port: number }> {
  const server = new TinyRedis();
  open.push(() => server.close());
  const port = await server.listen();
  const redis = connect(port);
  await once(redis.client, 'ready');
  return { server, redis, port };
}

const ping = (redis: OptionalRedis) => redis.run((client) => client.ping());

async function timed<Value>(work: () => Promise<Value>): Promise<{ value: Value; ms: number }> {
  const start = performance.now();
  return { value: await work(), ms: performance.now() - start };
}

it('gives the answer of a Redis that is there', async () => {
  const { redis } = await started();
  expect(await ping(redis)).toBe('PONG');
});

it('costs a caller the time limit once when Redis is frozen, and the next ones nothing', async () => {
  const [firsts, nexts]: [number[], number[]] = [[], []];
  // The best of five: a busy machine only adds.
  for (let round = 0; round < 5; round += 1) {
    const { server, redis } = await started();
    server.frozen = true;
    const first = await timed(() => ping(redis));
    expect(first.value).toBeUndefined();
    expect(first.ms).toBeGreaterThanOrEqual(commandTimeout - 2);
    const asked = server.asked;
    const next = await timed(() => Promise.all(Array.from({ length: 100 }, () => ping(redis))));
    expect(next.value.every((value) => value === undefined)).toBe(true);
    expect(server.asked).toBe(asked);
    firsts.push(first.ms);
    nexts.push(next.ms);
  }
  expect(Math.min(...firsts)).toBeLessThan(commandTimeout * 6);
  expect(Math.min(...nexts)).toBeLessThan(commandTimeout);
});

it('lets one caller find out whether a frozen Redis is back', async () => {
  const { server, redis } = await started();
  server.frozen = true;
  await ping(redis);
  await sleep(1_050);
  const asked = server.asked;
  const both = await timed(() => Promise.all([ping(redis), ping(redis), ping(redis)]));
  expect(both.value).toEqual([undefined, undefined, undefined]);
  expect(server.asked).toBe(asked + 1);
});

it('answers at once while no Redis listens, and heals when one does', async () => {
  const placeholder = new TinyRedis();
  const port = await placeholder.listen();
  placeholder.close();
  const redis = connect(port);
  const waits: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const away = await timed(() => ping(redis));
    expect(away.value).toBeUndefined();
    waits.push(away.ms);
  }
  expect(Math.min(...waits)).toBeLessThan(commandTimeout);

  const server = new TinyRedis();
  open.push(() => server.close());
  await server.listen(port);
  await once(redis.client, 'ready');
  expect(await ping(redis)).toBe('PONG');
});

it('goes on without a refused command, and asks again at once', async () => {
  const { server, redis } = await started();
  server.answer = '-OOM command not allowed\r\n';
  expect(await ping(redis)).toBeUndefined();
  server.answer = '+PONG\r\n';
  expect(await ping(redis)).toBe('PONG');
});
