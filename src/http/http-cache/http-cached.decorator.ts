import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiHeader, ApiResponse } from '@nestjs/swagger';
import { httpCachedMetadata, type HttpCachePolicy } from './http-cache-policy.js';
import { HttpCacheInterceptor } from './http-cache.interceptor.js';

/**
 * For a GET that many ask again and again, and that has no tokens in it: its answer carries an ETag, is made once for
 * each principal, URL and Accept in `ttl` seconds, and is not sent to who has it (304). Guards run all the same. It
 * costs a small read a third, so it is for answers that are dear to make or large.
 */
export function HttpCached(policy: HttpCachePolicy): MethodDecorator {
  return applyDecorators(
    SetMetadata(httpCachedMetadata, policy),
    RouteConfig({ tagsContent: true }),
    UseInterceptors(HttpCacheInterceptor),
    ApiExtension('x-http-cached', policy.ttl),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The ETag of an answer that you have, several, or *: 304 while it is still the answer.',
    }),
    ApiResponse({ status: 304, description: 'You have this answer already: see If-None-Match' }),
  );
}
