import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RedisConnections } from '../../infrastructure/redis/redis-connections.js';
import { JobHints, type JobHint } from './job-hints.js';

/** One connection for all hints, and one subscription a queue; made when somebody first wants to hear. */
@Injectable()
export class HintSubscriber {
  private readonly wanted = new Set<string>();
  private redis: Redis | undefined;
  private listener: ((queue: string, hint: JobHint) => void) | undefined;

  constructor(
    private readonly connections: RedisConnections,
    private readonly hints: JobHints,
  ) {}

  /** Whether hints arrive at this moment. */
  get isHearing(): boolean {
    return this.redis?.status === 'ready';
  }

  /** Call once. */
  onHint(listener: (queue: string, hint: JobHint) => void): void {
    this.listener = listener;
  }

  follow(queue: string): void {
    if (this.wanted.has(queue)) return;
    this.wanted.add(queue);
    this.redis ??= this.connect();
    if (this.isHearing) this.subscribe(this.redis, queue);
  }

  unfollow(queue: string): void {
    if (!this.wanted.delete(queue) || this.redis === undefined || !this.isHearing) return;
    this.redis.unsubscribe(this.hints.channelOf(queue)).catch(() => undefined);
  }

  private connect(): Redis {
    const redis = this.connections.open('job hints', { enableOfflineQueue: false, autoResubscribe: false });
    redis.on('ready', () => {
      for (const queue of this.wanted) this.subscribe(redis, queue);
    });
    redis.on('message', (channel: string, message: string) => {
      const hint = this.hints.read(message);
      if (hint !== undefined) this.listener?.(this.hints.queueOf(channel), hint);
    });
    return redis;
  }

  private subscribe(redis: Redis, queue: string): void {
    // What is not heard is found by looking.
    redis.subscribe(this.hints.channelOf(queue)).catch(() => undefined);
  }
}
