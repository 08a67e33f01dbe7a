import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { authConfig } from '../../../config/auth.config.js';
import { RedisConnections } from '../../redis/redis-connections.js';
import { SignalChannel } from './signal-channel.js';
import { SignalFeed } from './signal-feed.js';
import { signalLifetime } from './signal-lifetime.js';

/** Hears through Redis, within milliseconds, what the next poll would find. What it misses is not lost. */
@Injectable()
export class SignalSubscriber implements OnModuleInit {
  private readonly logger = new Logger(SignalSubscriber.name);
  private readonly lifetime: number;

  constructor(
    private readonly connections: RedisConnections,
    private readonly channel: SignalChannel,
    private readonly feed: SignalFeed,
    @Inject(authConfig.KEY) { accessTokenTtl }: ConfigType<typeof authConfig>,
  ) {
    this.lifetime = signalLifetime(accessTokenTtl);
  }

  onModuleInit(): void {
    // One of its own: a connection that subscribes can do nothing else.
    const redis = this.connections.open('signals', { enableOfflineQueue: false, autoResubscribe: false });
    redis.on('message', (_channel: string, message: string) => {
      for (const signal of this.channel.read(message)) this.feed.receive(signal, this.lifetime);
    });
    redis.on('ready', () => {
      redis.subscribe(this.channel.name).catch((error: unknown) => {
        this.logger.warn({ err: error }, 'Redis refused the subscription to the signals');
      });
    });
  }
}
