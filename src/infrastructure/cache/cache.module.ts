import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CacheCounters } from './cache-counters.js';
import { CacheService } from './cache.service.js';
import { CachedMethods } from './cached-methods.js';
import { SharedStore } from './shared-store.js';

/** For processes that follow the signals; elsewhere it remembers nothing. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [SharedStore, CacheCounters, CacheService, CachedMethods],
  exports: [CacheService],
})
export class CacheModule {}
