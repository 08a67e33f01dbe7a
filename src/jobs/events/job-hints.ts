import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { jobIds, type JobId } from '../../common/ids.js';
import { jobsConfig } from '../../config/jobs.config.js';
import { OptionalRedis } from '../../infrastructure/redis/optional-redis.js';
import { progressFrom, type JobProgress } from '../job-progress.js';

/** What is said of jobs while they go on. Hints may be lost: whoever listens looks into the ledger now and then. */
export type JobHint =
  | { readonly kind: 'changed'; readonly ids: readonly JobId[] }
  | { readonly kind: 'progress'; readonly id: JobId; readonly progress: JobProgress };

/** Hints on their way through Redis, one channel a queue. Nothing is kept there, and nobody waits for it. */
@Injectable()
export class JobHints {
  private readonly prefix: string;

  constructor(
    private readonly redis: OptionalRedis,
    @Inject(jobsConfig.KEY) { queuePrefix }: ConfigType<typeof jobsConfig>,
  ) {
    this.prefix = `${queuePrefix}:hints:`;
  }

  channelOf(queue: string): string {
    return `${this.prefix}${queue}`;
  }

  queueOf(channel: string): string {
    return channel.slice(this.prefix.length);
  }

  /** Look at these jobs again: something about them is different. */
  changed(queue: string, ids: readonly JobId[]): void {
    if (ids.length > 0) this.publish(queue, { kind: 'changed', ids });
  }

  progressed(queue: string, id: JobId, progress: JobProgress): void {
    this.publish(queue, { kind: 'progress', id, progress });
  }

  /** Undefined for what is no hint. */
  read(message: string): JobHint | undefined {
    const parsed = parse(message);
    if (typeof parsed !== 'object' || parsed === null || !('kind' in parsed)) return undefined;
    if (parsed.kind === 'changed' && 'ids' in parsed && Array.isArray(parsed.ids)) {
      return { kind: 'changed', ids: parsed.ids.filter((id: unknown) => jobIds.is(id)) };
    }
    if (parsed.kind === 'progress' && 'id' in parsed && jobIds.is(parsed.id) && 'progress' in parsed) {
      return { kind: 'progress', id: parsed.id, progress: progressFrom(parsed.progress) };
    }
    return undefined;
  }

  private publish(queue: string, hint: JobHint): void {
    void this.redis.run((redis) => redis.publish(this.channelOf(queue), JSON.stringify(hint)));
  }
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
