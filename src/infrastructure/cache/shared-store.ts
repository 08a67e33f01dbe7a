import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { createCache, KeyvAdapter, type Cache, type CacheManagerStore } from 'cache-manager';
import { redisStore, type RedisStore } from 'cache-manager-redis-yet';
import { Keyv } from 'keyv';
import { jobsConfig } from '../../config/jobs.config.js';
import { redisConfig } from '../../config/redis.config.js';
import { Breaker } from '../redis/breaker.js';
import { OptionalRedis } from '../redis/optional-redis.js';

/** Milliseconds. */
const connectionCheck = 100;
const firstPause = 1_000;
const longestPause = 30_000;
const longestReconnectPause = 2_000;
/** Commands that may wait for a frozen server before further ones are refused at once. */
const mostWaiting = 1_000;
const keysPerScan = 500;

/**
 * The cache that all processes share: cache-manager over cache-manager-redis-yet, behind the breaker. Every call may
 * find nothing; none throws or waits for longer than the breaker lets it.
 */
@Injectable()
export class SharedStore implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SharedStore.name);
  private readonly prefix: string;
  private readonly breaker: Breaker;
  private store: RedisStore | undefined;
  private cache: Cache | undefined;
  private closed = false;

  constructor(
    @Inject(OptionalRedis) private readonly redis: Pick<OptionalRedis, 'client' | 'breaker'>,
    @Inject(redisConfig.KEY) private readonly config: ConfigType<typeof redisConfig>,
    @Inject(jobsConfig.KEY) { queuePrefix }: Pick<ConfigType<typeof jobsConfig>, 'queuePrefix'>,
  ) {
    this.prefix = `${queuePrefix}:cache:`;
    this.breaker = config.cacheUrl === undefined ? redis.breaker : this.ownBreaker();
  }

  onApplicationBootstrap(): void {
    // In the background: a server that is away must not hold the boot.
    void this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    await this.store?.client.disconnect().catch(() => undefined);
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const cache = this.ready();
    return cache && this.breaker.run(() => cache.get<Value>(this.prefix + key));
  }

  /** `ttl` in milliseconds, from now on. */
  async set(key: string, value: unknown, ttl: number): Promise<void> {
    const cache = this.ready();
    await (cache && this.breaker.run(() => cache.set(this.prefix + key, value, ttl)));
  }

  async delete(key: string): Promise<void> {
    const cache = this.ready();
    await (cache && this.breaker.run(() => cache.del(this.prefix + key)));
  }

  /** All keys that fit a pattern of Redis, found in steps (SCAN): no server stands still for it. */
  async deleteMatching(pattern: string): Promise<void> {
    const client = this.ready() && this.store?.client;
    if (client === undefined) return;
    const match = escapeGlob(this.prefix) + pattern;
    let cursor = 0;
    do {
      const found = await this.breaker.run(() => client.scan(cursor, { MATCH: match, COUNT: keysPerScan }));
      if (found === undefined) return;
      cursor = found.cursor;
      if (found.keys.length > 0) await this.breaker.run(() => client.unlink(found.keys));
    } while (cursor !== 0);
  }

  private ready(): Cache | undefined {
    return this.store?.client.isReady === true ? this.cache : undefined;
  }

  private async connect(): Promise<void> {
    for (let pause = firstPause; !this.closed; pause = Math.min(pause * 2, longestPause)) {
      // The store's own first attempt ends for good where no server listens: it begins once one is known to.
      if (this.config.cacheUrl === undefined && this.redis.client.status !== 'ready') {
        await sleep(connectionCheck, undefined, { ref: false });
        continue;
      }
      try {
        return await this.open(this.config.cacheUrl ?? this.config.url);
      } catch (error) {
        this.logger.warn({ err: error, retryInMs: pause }, 'the Redis of the cache cannot be reached');
        await sleep(pause, undefined, { ref: false });
      }
    }
  }

  private async open(url: string): Promise<void> {
    const store = await redisStore({
      url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: mostWaiting,
      socket: { reconnectStrategy: (attempt) => Math.min(attempt * 100, longestReconnectPause) },
    });
    // Told by the breaker; without a listener a lost connection would end the process.
    store.client.on('error', () => undefined);
    this.store = store;
    this.cache = createCache({
      stores: [new Keyv({ store: new KeyvAdapter(plain(store)), useKeyPrefix: false })],
    });
    if (this.closed) await this.onApplicationShutdown();
  }

  private ownBreaker(): Breaker {
    return new Breaker({
      timeLimit: this.config.commandTimeout,
      isRefusal: (error) => error.constructor.name === 'ErrorReply',
      warn: (error, message) => this.logger.warn({ err: error }, message),
      healed: () => this.logger.log('the Redis of the cache answers again'),
    });
  }
}

/** What cache-manager asks of a store, and no more: never `reset`, which is FLUSHDB. */
function plain(store: RedisStore): CacheManagerStore {
  return {
    name: store.name,
    get: (key) => store.get(key),
    set: (key, value: unknown, ttl) => store.set(key, value, ttl),
    del: (key) => store.del(key),
    mget: (...keys) => store.mget(...keys),
    mset: (data, ttl) => store.mset(Object.entries(data), ttl),
    mdel: (...keys) => store.mdel(...keys),
    ttl: (key) => store.ttl(key),
    keys: () => Promise.resolve([]),
  };
}

function escapeGlob(text: string): string {
  return text.replaceAll(/[[\]*?\\^-]/g, String.raw`\$&`);
}
