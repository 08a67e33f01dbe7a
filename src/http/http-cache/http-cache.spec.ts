import { Controller, Get, Header, Post, Query, Res } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DomainError } from '../../common/domain-error.js';
import { sessionIds, userIds } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { CacheCounters } from '../../infrastructure/cache/cache-counters.js';
import { CacheService } from '../../infrastructure/cache/cache.service.js';
import type { CachedThing } from '../../infrastructure/cache/cached-thing.js';
import { KeyedCache } from '../../infrastructure/cache/keyed-cache.js';
import { Metrics } from '../../infrastructure/telemetry/metrics.js';
import { answer } from '../answer.js';
import { CurrentPrincipal } from '../current-principal.decorator.js';
import { HttpCached } from './http-cached.decorator.js';
import { HttpCaches } from './http-caches.js';
import { answerNotModified } from './not-modified.js';

let made = 0;
let failing = false;

@Controller('things')
class Things {
  @Get('mine')
  @HttpCached({ name: 'mine', ttl: 60 })
  async mine(@CurrentPrincipal() { userId }: Principal, @Query() query: Record<string, string>) {
    made += 1;
    await new Promise(setImmediate);
    if (failing) throw new DomainError('not-found', 'NOT_FOUND', 'Nothing here');
    return answer('Mine', { userId, ...query });
  }

  @Get('cookie')
  @HttpCached({ name: 'cookie', ttl: 60 })
  async cookie(@Res({ passthrough: true }) reply: FastifyReply) {
    made += 1;
    const number = made;
    await new Promise(setImmediate);
    reply.header('Set-Cookie', `number=${number}`);
    return answer('Cookie', number);
  }

  @Get('versioned')
  @HttpCached({ name: 'versioned', ttl: 60 })
  versioned(@Res({ passthrough: true }) reply: FastifyReply) {
    made += 1;
    reply.header('ETag', '"7"');
    return answer('Version', made);
  }

  @Get('no-store')
  @Header('Cache-Control', 'no-store')
  @HttpCached({ name: 'no-store', ttl: 60 })
  noStore() {
    made += 1;
    return answer('Secret', made);
  }

  @Get('other-status')
  @HttpCached({ name: 'other-status', ttl: 60 })
  otherStatus(@Res({ passthrough: true }) reply: FastifyReply) {
    made += 1;
    reply.code(202);
    return answer('Accepted', made);
  }

  @Get('bare')
  @HttpCached({ name: 'bare', ttl: 60 })
  bare() {
    made += 1;
    return { made };
  }

  @Get('large')
  @HttpCached({ name: 'large', ttl: 60 })
  large() {
    made += 1;
    return answer('Large', 'x'.repeat(65_536));
  }

  @Get('unkept')
  @HttpCached({ name: 'unkept', ttl: 0 })
  unkept() {
    made += 1;
    return answer('Unkept', 1);
  }

  @Post('posted')
  @HttpCached({ name: 'posted', ttl: 60 })
  posted() {
    made += 1;
    return answer('Posted', made);
  }
}

const counters = new CacheCounters(new Metrics());
const redis = { get: async () => undefined, set: async () => undefined };
const caches = {
  of: <Value, Stored>(thing: CachedThing<Value, Stored>) =>
    new KeyedCache(thing, redis, { mayRemember: () => true }, counters),
};

const permissions: Principal['permissions'] = new Set(['users:read']);
const fewer: Principal['permissions'] = new Set();

describe('HttpCacheInterceptor', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [DiscoveryModule],
      controllers: [Things],
      providers: [HttpCaches, { provide: CacheService, useValue: caches }],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRequest', (request, _reply, done) => {
      const id = String(request.headers['x-user'] ?? '1').repeat(24);
      request.principal = {
        kind: 'user',
        userId: userIds.parse(id),
        sessionId: sessionIds.parse(id),
        permissions: request.headers['x-fewer'] === undefined ? permissions : fewer,
      };
      done();
    });
    answerNotModified(fastify);
    await app.init();
  });
  afterAll(() => app?.close());
  beforeEach(() => {
    made = 0;
    failing = false;
  });

  const ask = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' | 'POST' = 'GET') =>
    app.inject({ method, url: `/things/${url}`, headers });

  it('makes an answer once, with a tag of its content and what else a cache has to know', async () => {
    const [first, again] = [await ask('mine?a=1'), await ask('mine?a=1')];
    expect(made).toBe(1);
    expect(first.json()).toMatchObject({ statusCode: 200, success: true, data: { a: '1' } });
    expect(again.body).toBe(first.body);
    for (const { headers } of [first, again]) {
      expect(headers).toMatchObject({
        etag: expect.stringMatching(/^W\/"/),
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'private, max-age=0, must-revalidate',
        vary: 'Authorization, X-API-Key, Cookie, Accept, accept-encoding',
      });
    }
  });

  it('makes it once for 100 who ask at the same time', async () => {
    const replies = await Promise.all(Array.from({ length: 100 }, () => ask('mine?b=1')));
    expect([made, new Set(replies.map(({ body }) => body)).size]).toEqual([1, 1]);
  });

  it('shares none between two users, nor with who may do less, nor for another query or Accept', async () => {
    const one = await ask('mine');
    const other = await ask('mine', { 'x-user': '2' });
    expect([one.json().data.userId, other.json().data.userId]).toEqual(['1'.repeat(24), '2'.repeat(24)]);
    expect(one.headers.etag).not.toBe(other.headers.etag);
    await ask('mine', { 'x-fewer': 'yes' });
    await ask('mine?c=1');
    await ask('mine?c=2');
    await ask('mine', { accept: 'application/*' });
    expect(made).toBe(6);
  });

  it('takes a query for the same in any order and spelling', async () => {
    await ask('mine?d=1&e=x%20y');
    await ask('mine?e=x+y&d=%31');
    expect(made).toBe(1);
  });

  it('takes whatever a query may be', async () => {
    for (const query of ['constructor=a', '__proto__=a&__proto__=b', 'toString=1', 'h[]=1&h[]=2', '%00=1']) {
      expect((await ask(`mine?${query}`)).statusCode, query).toBe(200);
    }
    expect(made).toBe(5);
  });

  it('answers 304 without content to who has it, GET and HEAD, and names its tag again', async () => {
    const first = await ask('mine?f=1');
    const tag = String(first.headers.etag);
    for (const named of [tag, `"other", ${tag}`, tag.replace('W/', ''), '*']) {
      for (const method of ['GET', 'HEAD'] as const) {
        const reply = await ask('mine?f=1', { 'if-none-match': named }, method);
        expect([reply.statusCode, reply.body, reply.headers.etag]).toEqual([304, '', tag]);
        expect(reply.headers['content-type']).toBeUndefined();
        expect(reply.headers['cache-control']).toBe('private, max-age=0, must-revalidate');
      }
    }
    expect((await ask('mine?f=1', { 'if-none-match': '"other"' })).statusCode).toBe(200);
    expect(made).toBe(1);
  });

  it('keeps no failure, and answers it whatever the client has', async () => {
    failing = true;
    expect((await ask('mine?g=1', { 'if-none-match': '*' })).statusCode).toBe(500);
    failing = false;
    expect((await ask('mine?g=1')).statusCode).toBe(200);
    expect(made).toBe(2);
  });

  it('gives nobody a cookie of another, not even to who asks at the same time', async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, () => ask('cookie')));
    expect(new Set(replies.map(({ headers }) => headers['set-cookie'])).size).toBe(5);
    for (const { headers } of replies)
      expect([headers.etag, headers['cache-control']]).toEqual([undefined, undefined]);
  });

  it.each([
    ['versioned', 200],
    ['no-store', 200],
    ['other-status', 202],
    ['bare', 200],
  ])('leaves an answer alone that is more than its content: %s', async (path, status) => {
    const [first, again] = [await ask(path, { 'if-none-match': '*' }), await ask(path)];
    expect([first.statusCode, again.statusCode, made]).toEqual([status, status, 2]);
  });

  it('keeps nothing over 64 kB and nothing without a time to live, but does not send it again', async () => {
    for (const path of ['large', 'unkept']) {
      const { headers } = await ask(path);
      expect((await ask(path, { 'if-none-match': String(headers.etag) })).statusCode).toBe(304);
    }
    expect(made).toBe(4);
  });

  it('does nothing for what is no read', async () => {
    const replies = [await ask('posted', {}, 'POST'), await ask('posted', { 'if-none-match': '*' }, 'POST')];
    expect(replies.map(({ statusCode, headers }) => [statusCode, headers.etag])).toEqual([
      [201, undefined],
      [201, undefined],
    ]);
  });
});
