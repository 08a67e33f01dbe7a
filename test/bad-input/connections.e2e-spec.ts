import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../jobs/support.js';
import { startApi, type RunningApi } from '../support/app.js';
import { fastest } from '../support/fastest.js';
import { dial } from './raw.js';
import { problemsWithFailure } from './requests.js';

let api: RunningApi;
let server: Server;

beforeAll(async () => {
  api = await startApi();
  server = api.app.getHttpServer();
});
afterAll(() => api?.close());

/** Milliseconds. */
const soon = 250;
const head = 'POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';

/** Connections that have sent this, and what the server has said to each. */
async function connections(count: number, bytes: string): Promise<{ socket: Socket; heard: () => string }[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = dial(api.url);
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      await once(socket, 'connect');
      if (bytes !== '') socket.write(bytes);
      return { socket, heard: () => Buffer.concat(chunks).toString() };
    }),
  );
}

/** Milliseconds that a request of somebody else takes, at best: one is enough to show that nobody is in its way. */
const bestAnswer = (): Promise<number> =>
  fastest(soon, async () => expect((await api.client.get('/api/csrf-token')).status).toBe(200));

describe('a client that takes its time', () => {
  it('has 15 s for the headers and 60 s for all of a request', () => {
    expect([server.headersTimeout, server.requestTimeout]).toEqual([15_000, 60_000]);
  });

  it.each([
    ['says nothing', ''],
    ['sends half a header', 'GET /api/users HTTP/1.1\r\nHost: a\r\nX-Slow: '],
    ['sends half a body', `${head}Content-Length: 100\r\n\r\n{"email":`],
    ['sends half a chunk', `${head}Transfer-Encoding: chunked\r\n\r\nff\r\n{"email":`],
  ])('and %s is told so in the end, 250 times, and in nobody’s way', async (_, bytes) => {
    // The limits of the running server, so that nobody waits a minute; the test before this one has seen theirs.
    const { headersTimeout, requestTimeout } = server;
    Object.assign(server, { headersTimeout: 1_000, requestTimeout: 1_000 });
    try {
      const slow = await connections(250, bytes);
      expect(await bestAnswer()).toBeLessThan(soon);
      await until('all are closed', () => slow.every(({ socket }) => socket.destroyed));
      for (const { heard } of slow) {
        const [start = '', text = ''] = heard().split('\r\n\r\n');
        const id = /x-request-id: (\S+)/i.exec(start)?.[1];
        expect(problemsWithFailure({ status: 408, headers: { 'x-request-id': id }, text, took: 0 })).toEqual(
          [],
        );
        expect(start).toMatch(/^HTTP\/1\.1 408 /);
      }
    } finally {
      Object.assign(server, { headersTimeout, requestTimeout });
    }
  });

  it('and drips a body byte by byte cannot stretch the time', async () => {
    const { headersTimeout, requestTimeout } = server;
    Object.assign(server, { headersTimeout: 1_000, requestTimeout: 1_000 });
    const [slow] = await connections(1, `${head}Content-Length: 1000\r\n\r\n`);
    const drip = setInterval(() => slow?.socket.write(' '), 50);
    try {
      await until('it is closed', () => slow?.socket.destroyed === true);
      expect(slow?.heard()).toMatch(/^HTTP\/1\.1 408 /);
    } finally {
      clearInterval(drip);
      Object.assign(server, { headersTimeout, requestTimeout });
    }
  });
});

describe('1,000 connections', () => {
  it('that do nothing are in nobody’s way', async () => {
    const silent = await connections(500, '');
    const idle = await connections(500, 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
    try {
      await until('500 were answered', () => idle.every(({ heard }) => heard().startsWith('HTTP/1.1 200 ')));
      expect(await bestAnswer()).toBeLessThan(soon);
      expect([...silent, ...idle].filter(({ socket }) => socket.destroyed)).toEqual([]);
    } finally {
      for (const { socket } of [...silent, ...idle]) socket.destroy();
    }
    await until('the server let go of them', async () => (await open()) < 20);
  });

  it('that are cut in the middle of a body leave nothing behind', async () => {
    const cut = await connections(1_000, `${head}Content-Length: 1000\r\n\r\n{"email":`);
    for (const { socket } of cut) socket.resetAndDestroy();
    await until('the server let go of them', async () => (await open()) < 20);
    expect(await bestAnswer()).toBeLessThan(soon);
  });
});

const open = (): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
