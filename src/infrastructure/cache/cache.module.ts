import { Global, Module } from '@nestjs/common';
import { CacheCounters } from './cache-counters.js';
import { CacheService } from './cache.service.js';
import { SharedStore } from './shared-store.js';

/** For processes that follow the signals; elsewhere it remembers nothing. */
@Global()
@Module({ providers: [SharedStore, CacheCounters, CacheService], exports: [CacheService] })
export class CacheModule {}
