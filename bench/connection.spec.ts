import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Connection } from './connection.js';

let server: Server | undefined;

afterEach(() => {
  server?.close();
});

/** Answers the requests of one connection by the given pieces, one list of pieces a request. */
async function serve(answers: readonly (readonly string[])[]): Promise<number> {
  const left = [...answers];
  server = createServer((socket: Socket) => {
    socket.setNoDelay(true);
    socket.on('data', () => {
      void write(socket, left.shift() ?? []);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function write(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    if (piece === 'close') socket.destroy();
    else await new Promise((resolve) => socket.write(piece, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function run(port: number, requests: number) {
  const statuses: number[] = [];
  const failures: string[] = [];
  let sent = 0;
  await new Connection(port, {
    next: () => (sent++ < requests ? Buffer.from('GET / HTTP/1.1\r\n\r\n') : undefined),
    answered: (status) => statuses.push(status),
    failed: (error) => failures.push(error.message),
  }).untilEnd();
  return { statuses, failures };
}

describe('Connection', () => {
  it('reads answers however they are cut', async () => {
    const port = await serve([
      ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
      ['HTTP/1.1 503 Service Unavailable\r\ncontent-le', 'ngth: 4\r\n', '\r\nab', 'cd'],
      ['HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n'],
    ]);
    expect(await run(port, 3)).toEqual({ statuses: [200, 503, 204], failures: [] });
  });

  it('tells of a connection that breaks, of an answer it cannot read and of nobody there', async () => {
    expect(await run(await serve([['HTTP/1.1 200 OK\r\n', 'close']]), 2)).toEqual({
      statuses: [],
      failures: ['the server closed the connection'],
    });
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    const { failures } = await run(await serve([[chunked]]), 1);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain('without Content-Length');
    const port = await serve([]);
    server?.close();
    await once(server ?? process, 'close');
    expect((await run(port, 1)).failures[0]).toContain('ECONNREFUSED');
  });
});
