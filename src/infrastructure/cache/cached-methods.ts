import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { CacheService } from './cache.service.js';
import { cachedMetadata, type CachedMethod } from './cached.decorator.js';

/** Connects every method that is declared @Cached() with a cache of its own. */
@Injectable()
export class CachedMethods implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly cache: CacheService,
  ) {}

  /** @throws Error when two methods, or two instances of one class, have the same name for what they keep. */
  onModuleInit(): void {
    // A provider that several modules share is found in each of them.
    const instances = new Set<unknown>(
      this.discovery.getProviders().map(({ instance }): unknown => instance),
    );
    for (const instance of instances) {
      if (typeof instance !== 'object' || instance === null) continue;
      for (const method of this.methodsOf(instance)) method.connect(instance, this.cache);
    }
  }

  private methodsOf(instance: object): CachedMethod[] {
    const prototype: unknown = Object.getPrototypeOf(instance);
    if (typeof prototype !== 'object' || prototype === null) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const method: unknown = Reflect.get(prototype, name);
      const found: CachedMethod | undefined =
        typeof method === 'function' ? Reflect.getMetadata(cachedMetadata, method) : undefined;
      return found ?? [];
    });
  }
}
