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
import { redisInsStore, type RedisStore } from 'cache-manager-redis-yet';
import type { Redis } from 'ioredis';
import { Keyv } from 'keyv';
import { createClient, type RedisClientType } from 'node-redis';
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
  private client: RedisClientType | undefined;
  private cache: Cache | undefined;
  private closed = false;
  private connected = false;

  constructor(
    @Inject(OptionalRedis)
    private readonly redis: Pick<OptionalRedis, 'breaker'> & { readonly client: Pick<Redis, 'status'> },
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
    await this.disconnect();
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
    const client = this.ready() && this.client;
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
    return this.client?.isReady === true ? this.cache : undefined;
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
        if (this.closed) return;
        this.logger.warn({ err: error, retryInMs: pause }, 'the Redis of the cache cannot be reached');
        await sleep(pause, undefined, { ref: false });
      }
    }
  }

  /** @throws Error when no connection comes about. Later ones are made again for as long as it takes. */
  private async open(url: string): Promise<void> {
    const client: RedisClientType = createClient({
      url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: mostWaiting,
      socket: {
        reconnectStrategy: (attempt) =>
          this.cache !== undefined && !this.closed && Math.min(attempt * 100, longestReconnectPause),
      },
    });
    // Before it connects: without a listener a connection that is lost, at whichever moment, would end the process.
    client.on('error', () => {
      this.connected = false;
    });
    client.on('connect', () => {
      this.connected = true;
      if (this.closed) void this.disconnect();
    });
    this.client = client;
    await client.connect();
    this.cache = createCache({
      stores: [new Keyv({ store: new KeyvAdapter(plain(redisInsStore(client))), useKeyPrefix: false })],
    });
  }

  /** One that is connecting cannot be ended: it is once it has connected. */
  private async disconnect(): Promise<void> {
    if (this.connected) await this.client?.disconnect().catch(() => undefined);
    this.connected = false;
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
