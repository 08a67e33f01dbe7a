import { connect } from 'node:net';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dial, exchange as exchangeAll } from '../bad-input/raw.js';
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
    [
      'a body of which nobody knows the end',
      'POST /api/auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
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

  // The first is answered at once; the second reads its body and asks the database.
  const token = '/api/csrf-token HTTP/1.1\r\nHost: a\r\n\r\n';
  const credentials = JSON.stringify({ email: 'nobody@nexus.test', password: 'Wrong-password-1' });
  const login = `/api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${credentials.length}\r\n\r\n${credentials}`;
  const rest =
    'POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
  it.each<[string, string, number[]]>([
    ['after a request', `GET ${token}GARBAGE\r\n\r\n`, [200, 400]],
    ['after one that takes its time', `POST ${login}GARBAGE\r\n\r\n`, [401, 400]],
    ['after two', `POST ${login}GET ${token}GARBAGE\r\n\r\n`, [401, 200, 400]],
    ['in a body', `${rest}GARBAGE\r\n\r\n`, [400]],
    ['in a body after a request', `POST ${login}${rest}GARBAGE\r\n\r\n`, [401, 400]],
    [
      'in a body whose type was refused',
      `${rest.replace('application/json', 'text/nothing')}GARBAGE\r\n\r\n`,
      [expect.toBeOneOf([400, 415])],
    ],
  ])('garbage %s, which is answered in its place', async (_, bytes, statuses) => {
    const replies = await exchangeAll(api.url, bytes);
    expect(replies.map(({ status }) => status)).toEqual(statuses);
  });

  it('garbage after half a body whose type was refused, without a second answer', async () => {
    const socket = dial(api.url);
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.write(`${rest.replace('application/json', 'text/nothing')}1\r\n`);
    await vi.waitFor(() => expect(heard).toContain('UNSUPPORTED_MEDIA_TYPE'), 10_000);
    socket.write('GARBAGE\r\n\r\n');
    await once(socket, 'close');
    expect(heard.match(/HTTP\/1\.1 /g)).toHaveLength(1);
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
