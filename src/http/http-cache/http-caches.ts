import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { CacheService } from '../../infrastructure/cache/cache.service.js';
import { asJson } from '../../infrastructure/cache/cached-thing.js';
import type { KeyedCache } from '../../infrastructure/cache/keyed-cache.js';
import { httpCachedMetadata, type HttpCachePolicy } from './http-cache-policy.js';

/** An answer as it is sent, before it is compressed. */
export interface KeptAnswer {
  readonly tag: string;
  readonly content: string;
}

export type AnswerCache = KeyedCache<KeptAnswer, KeptAnswer>;

/** Answers are large: 64 kB each at most, and so many of a route in this process. */
const mostAnswers = 500;

/** The cache of each route that is declared @HttpCached(). */
@Injectable()
export class HttpCaches implements OnModuleInit {
  private readonly caches = new Map<HttpCachePolicy, AnswerCache>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly cache: CacheService,
  ) {}

  /** Made at start, so that they hear every signal. @throws Error when two routes have one name. */
  onModuleInit(): void {
    for (const policy of this.policies()) {
      if (policy.ttl > 0) this.caches.set(policy, this.open(policy));
    }
  }

  /** undefined where no answer is given again. */
  of(policy: HttpCachePolicy): AnswerCache | undefined {
    return this.caches.get(policy);
  }

  private open({ name, ttl, endedBy }: HttpCachePolicy): AnswerCache {
    return this.cache.of<KeptAnswer, KeptAnswer>({
      name: `http-${name}`,
      ttl,
      mostHeld: mostAnswers,
      endedBy: (signal) => (endedBy?.(signal) === true ? '*' : undefined),
      codec: asJson(),
    });
  }

  private policies(): HttpCachePolicy[] {
    return this.discovery.getControllers().flatMap(({ instance }) => {
      const prototype: unknown = Object.getPrototypeOf(instance);
      if (typeof prototype !== 'object' || prototype === null) return [];
      return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler: unknown = Reflect.get(prototype, name);
        const policy: HttpCachePolicy | undefined =
          typeof handler === 'function' ? Reflect.getMetadata(httpCachedMetadata, handler) : undefined;
        return policy ?? [];
      });
    });
  }
}
