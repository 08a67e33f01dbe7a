import { gzipSync, brotliCompressSync, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf } from './fields.js';
import { Ground } from './ground.js';
import { jsonOf } from './hostile-values.js';
import { inParallel, problemsWithFailure, type Case } from './requests.js';

let ground: Ground;

beforeAll(async () => {
  ground = await Ground.start();
});
afterAll(() => ground?.[Symbol.asyncDispose]());

const answered = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const methods = [...answered, 'OPTIONS', 'TRACE', 'PROPFIND', 'MKCOL', 'LINK', 'PURGE', 'SEARCH'];

describe('a method', { timeout: 120_000 }, () => {
  it('that a path does not have is a 405 that tells those it has', async () => {
    const paths = new Map<string, { path: string; known: Set<string> }>();
    for (const operation of ground.operations) {
      const entry = paths.get(operation.path) ?? { path: ground.pathOf(operation), known: new Set() };
      paths.set(operation.path, entry);
      entry.known.add(operation.method);
      if (operation.method === 'GET') entry.known.add('HEAD');
    }
    const foreign = [...paths.values()].flatMap(({ path, known }) =>
      methods.filter((method) => !known.has(method)).map((method) => ({ method, path, known })),
    );
    // '/users/me' with the method of '/users/:id' is that one with a malformed id.
    const isAnothers = ({ method, path }: (typeof foreign)[number]) =>
      ground.operations.some(
        (operation) =>
          operation.method === method.replace('HEAD', 'GET') &&
          new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
      );
    const refused = foreign.filter((one) => !isAnothers(one));
    expect(refused.length).toBeGreaterThan(400);
    const problems = await inParallel(refused, async ({ method, path, known }) => {
      const reply = await ground.caller.call({ method, path });
      const allowed = answered.filter((one) => known.has(one)).join(', ');
      // An answer to HEAD has no body.
      const envelope = method === 'HEAD' ? [] : problemsWithFailure(reply);
      return [
        ...envelope,
        ...(reply.status === 405 ? [] : [`${reply.status} instead of 405`]),
        ...(reply.headers['allow'] === allowed
          ? []
          : [`Allow: ${String(reply.headers['allow'])} instead of ${allowed}`]),
      ].map((problem) => `${method} ${path}: ${problem}`);
    });
    expect(problems.flat()).toEqual([]);
  });

  it('cannot be smuggled in by a header', async () => {
    const path = '/api/users?limit=1';
    for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
      const reply = await ground.caller.call({ method: 'GET', path, headers: { [name]: 'DELETE' } });
      expect(reply.status, name).toBe(200);
    }
  });
});

describe('a type', { timeout: 120_000 }, () => {
  it('that nobody can answer in is a 406 on every route of the API', async () => {
    const accepts = [
      'text/html',
      'image/png',
      'application/xml',
      'application/json;q=0',
      'a',
      '/',
      ';',
      ',',
      'application',
    ];
    const cases: Case[] = ground.operations
      .filter(({ path }) => path.startsWith('/api/'))
      .flatMap((operation) =>
        accepts.map((accept) => ({
          title: `${operation.title} Accept: ${accept}`,
          method: operation.method,
          path: ground.pathOf(operation),
          headers: { accept },
          statuses: [406],
          code: /^NOT_ACCEPTABLE$/,
        })),
      );
    expect(cases.length).toBeGreaterThan(400);
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
  });

  it('of a body that is not JSON is a 415 on every route that takes one', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=a',
      'application/xml',
      'application/jsonp',
      'application/json-patch+json',
      'text/json',
      'application/bson',
      '',
      'json',
      '*/*',
      'application/json, text/plain',
      'text/plain; application/json',
    ];
    const cases = ground.operations
      .filter(({ body }) => body !== undefined)
      .flatMap((operation) =>
        types.map((type) => ({
          title: `${operation.title} Content-Type: ${type}`,
          method: operation.method,
          path: ground.pathOf(operation),
          headers: { 'content-type': type },
          body: jsonOf(bodyOf(operation)),
          statuses: [415],
          code: /^UNSUPPORTED_MEDIA_TYPE$/,
        })),
      );
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
  });

  it('of a body that is packed is a 415, whatever it would unpack to', async () => {
    const before = process.memoryUsage().rss;
    const zeros = Buffer.alloc(100 * 1024 * 1024);
    const packed = {
      gzip: gzipSync(zeros),
      'x-gzip': gzipSync('{}'),
      br: brotliCompressSync('{}'),
      deflate: deflateSync('{}'),
      zstd: Buffer.from('{}'),
      'identity, gzip': gzipSync('{}'),
      a: Buffer.from('{}'),
    };
    const cases = ground.operations
      .filter(({ body }) => body !== undefined)
      .flatMap((operation) =>
        Object.entries(packed).map(([encoding, body]) => ({
          title: `${operation.title} Content-Encoding: ${encoding}`,
          method: operation.method,
          path: ground.pathOf(operation),
          headers: { 'content-encoding': encoding },
          body,
          statuses: [415],
          code: /^UNSUPPORTED_MEDIA_TYPE$/,
        })),
      );
    expect(packed.gzip.length).toBeLessThan(200_000);
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
    // One of these unpacked would be 100 MB alone.
    expect(process.memoryUsage().rss - before - zeros.length).toBeLessThan(100 * 1024 * 1024);
  });
});
