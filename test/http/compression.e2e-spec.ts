import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, startApi, type RunningApi } from '../support/app.js';

interface Raw {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** As the bytes come: fetch would unpack them and hide how they came. */
async function raw(url: string, headers: Record<string, string>, post?: object): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: post ? 'POST' : 'GET', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
    });
    request.on('error', reject);
    request.end(post && JSON.stringify(post));
  });
}

describe('compression', () => {
  let api: RunningApi;
  let authorization: string;
  const json = { 'content-type': 'application/json' };
  const login = (headers: Record<string, string> = {}) =>
    raw(`${api.url}/api/auth/login`, { ...json, ...headers }, administrator);

  beforeAll(async () => {
    api = await startApi();
    authorization = `Bearer ${JSON.parse((await login()).body.toString()).data.accessToken}`;
  });
  afterAll(() => api.close());

  const permissions = (headers: Record<string, string>) =>
    raw(`${api.url}/api/permissions?limit=100`, { authorization, ...headers });

  it('comes as brotli or gzip, as the client likes, and says that it varies', async () => {
    const plain = await permissions({});
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.length).toBeGreaterThan(1_024);

    const brotli = await permissions({ 'accept-encoding': 'gzip, deflate, br' });
    expect(brotli.headers).toMatchObject({
      'content-encoding': 'br',
      vary: expect.stringContaining('accept-encoding'),
    });
    expect(JSON.parse(brotliDecompressSync(brotli.body).toString())).toEqual(
      JSON.parse(plain.body.toString()),
    );

    const gzip = await permissions({ 'accept-encoding': 'gzip' });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    expect(gzip.body.length).toBeLessThan(plain.body.length / 2);
  });

  it('leaves small answers, and those who ask for none, alone', async () => {
    const small = await raw(`${api.url}/api/permissions?limit=1`, {
      authorization,
      'accept-encoding': 'gzip',
    });
    expect(small.headers['content-encoding']).toBeUndefined();
    const refused = await permissions({ 'accept-encoding': 'gzip', 'x-no-compression': '1' });
    expect(refused.headers['content-encoding']).toBeUndefined();
  });

  it('leaves alone what is about sessions, tokens and keys, whatever its size', async () => {
    await Promise.all(Array.from({ length: 8 }, () => login({ 'user-agent': 'x'.repeat(150) })));
    const { headers, body } = await raw(`${api.url}/api/auth/sessions`, {
      authorization,
      'accept-encoding': 'br, gzip',
    });
    expect(body.length).toBeGreaterThan(1_024);
    expect(headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(body.toString()).data.length).toBeGreaterThanOrEqual(8);
  });
});
