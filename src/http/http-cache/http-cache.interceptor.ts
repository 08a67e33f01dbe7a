import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { cacheIdOf } from '../../infrastructure/cache/cache-id.js';
import { Answer } from '../answer.js';
import { envelopeOf } from '../envelope.js';
import { askAgain, contentTag } from './entity-tags.js';
import { httpCachedMetadata, type HttpCachePolicy } from './http-cache-policy.js';
import { HttpCaches, type KeptAnswer } from './http-caches.js';
import { replyOf, requestOf } from '../of-context.js';

const mostBytes = 65_536;
/** What an answer depends on beside the URL. */
const vary = 'Authorization, X-API-Key, Cookie, Accept, accept-encoding';

/** Of a handler that has some of these, declared or set, the answer is not for others. */
const ownRules = ['cache-control', 'etag', 'set-cookie'];

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly next: CallHandler;
}

interface Made {
  readonly result: unknown;
  /** Absent for what must go out just as the handler left it. */
  readonly answer: KeptAnswer | undefined;
}

/** An answer that is for one request alone, on its way out of the cache. */
class NotKept extends Error {
  constructor(
    readonly by: FastifyReply,
    readonly made: Made,
  ) {
    super('not kept');
  }
}

/** Gives an answer again, to whom it was made for. On handlers that declare @HttpCached() only. */
@Injectable()
export class HttpCacheInterceptor implements NestInterceptor {
  constructor(private readonly caches: HttpCaches) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = requestOf(context);
    const policy: HttpCachePolicy | undefined = Reflect.getMetadata(httpCachedMetadata, context.getHandler());
    if (policy === undefined || !['GET', 'HEAD'].includes(request.method)) return next.handle();
    return from(this.answer(policy, { request, reply: replyOf(context), next }));
  }

  private async answer(policy: HttpCachePolicy, exchange: Exchange): Promise<unknown> {
    const { result, answer } = await this.find(policy, exchange);
    if (answer === undefined) return result;
    const { reply } = exchange;
    const already = reply.getHeader('vary');
    reply.headers({
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': askAgain,
      ETag: answer.tag,
      Vary: already === undefined ? vary : `${String(already)}, ${vary}`,
    });
    return answer.content;
  }

  private async find(policy: HttpCachePolicy, exchange: Exchange): Promise<Made> {
    const cache = this.caches.of(policy);
    if (cache === undefined) return make(exchange);
    try {
      const answer = await cache.wrap(idOf(exchange.request), () => makeToKeep(exchange));
      return { result: answer.content, answer };
    } catch (error) {
      if (!(error instanceof NotKept)) throw error;
      // Others who asked at the same time get one of their own.
      return error.by === exchange.reply ? error.made : make(exchange);
    }
  }
}

/** Whose answer to what: nothing else may decide on it. The query counts as it was understood, in any order. */
function idOf({ principal, routeOptions, params, query, headers }: FastifyRequest): string {
  return cacheIdOf([
    principal,
    routeOptions.url,
    fieldsOf(params),
    fieldsOf(query),
    headers.accept?.toLowerCase(),
  ]);
}

/** Fastify gives them a prototype of its own. */
function fieldsOf(values: unknown): unknown {
  return typeof values === 'object' ? { ...values } : values;
}

/** @throws NotKept for what may not be given again; whatever the handler throws. */
async function makeToKeep(exchange: Exchange): Promise<KeptAnswer> {
  const made = await make(exchange);
  if (made.answer === undefined || Buffer.byteLength(made.answer.content) > mostBytes) {
    throw new NotKept(exchange.reply, made);
  }
  return made.answer;
}

async function make({ reply, next }: Exchange): Promise<Made> {
  const before = Object.keys(reply.getHeaders());
  const result: unknown = await lastValueFrom(next.handle());
  // A header of the handler's own, such as a cookie or the tag of a version, would be missing the next time.
  const ownHeaders =
    Object.keys(reply.getHeaders()).length > before.length || ownRules.some((name) => before.includes(name));
  if (reply.statusCode !== 200 || ownHeaders || !(result instanceof Answer))
    return { result, answer: undefined };
  const content = JSON.stringify(envelopeOf(result, reply.statusCode));
  return { result, answer: { tag: contentTag(content), content } };
}
