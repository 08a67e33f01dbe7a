import { connect } from 'node:net';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

/** Sends bytes that no HTTP client would and reads until the server closes. */
async function exchange(bytes: string | Buffer): Promise<{ status: number; headers: string; body: unknown }> {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  const [headers = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n', 2);
  return { status: Number(headers.split(' ')[1]), headers, body: JSON.parse(body) };
}

describe('what Node.js itself refuses is in the envelope too', () => {
  it.each([
    ['no HTTP at all', 'HELLO\r\n\r\n', 400, 'BAD_REQUEST'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: a\r\nbroken\r\n\r\n', 400, 'BAD_REQUEST'],
    [
      'headers over 128 kB',
      `GET /api/users HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(140_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    [
      'two lengths',
      'POST /api/users HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'BAD_REQUEST',
    ],
    ['no Host', 'GET /api/users HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'BAD_REQUEST'],
    [
      'an expectation that nobody can meet',
      'GET /api/users HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\n\r\n',
      417,
      'EXPECTATION_FAILED',
    ],
    ['a tunnel', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'METHOD_NOT_ALLOWED'],
  ])('%s', async (_, bytes, status, code) => {
    const reply = await exchange(bytes);
    expect(reply.body).toMatchObject({ statusCode: status, success: false, code });
    expect(reply.status).toBe(status);
    expect(reply.headers).toMatch(/x-request-id: [0-9a-f-]{36}/i);
  });

  it('headers that do not end in time', async () => {
    const server: Server = api.app.getHttpServer();
    expect(server.headersTimeout).toBe(15_000);
    server.headersTimeout = 1_000;
    const begin = performance.now();
    const reply = await exchange('GET / HTTP/1.1\r\nHost: a\r\n');
    // Node.js by itself would look for such connections each half minute.
    expect(performance.now() - begin).toBeLessThan(20_000);
    expect(reply.body).toMatchObject({ statusCode: 408, success: false, code: 'REQUEST_TIMEOUT' });
    expect(reply.status).toBe(408);
    expect(reply.headers).toMatch(/x-request-id: [0-9a-f-]{36}/i);
  });

  it('invalid UTF-8 in a body', async () => {
    const body = Buffer.from([0x22, 0xff, 0x22]);
    const head = `POST /api/auth/login HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const reply = await exchange(Buffer.concat([Buffer.from(head), body]));
    expect(reply.body).toMatchObject({ statusCode: 400, success: false, code: 'INVALID_BODY' });
  });
});
