import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { QueueRedis } from './queue-redis.js';

const required = 'noeviction';

export interface RedisDetail {
  /** Anything but noeviction may throw jobs away; undefined when the server does not tell. */
  readonly maxmemoryPolicy: string | undefined;
  readonly keepsEverything: boolean;
}

/** What a probe wants to know of the Redis that carries the queues. */
@Injectable()
export class RedisStatus implements OnModuleInit {
  private readonly logger = new Logger(RedisStatus.name);

  constructor(private readonly redis: QueueRedis) {}

  /** Looks at the policy whenever a server is (again) there; an evicting one is worth a warning, not a refusal. */
  onModuleInit(): void {
    this.redis.producer.on('ready', () => {
      this.inspect().then(
        ({ keepsEverything, maxmemoryPolicy }) => {
          if (keepsEverything) return;
          this.logger.warn(
            `Redis has the maxmemory-policy ${maxmemoryPolicy}: set it to ${required}, or it drops jobs when full`,
          );
        },
        () => undefined,
      );
    });
  }

  /** @throws Error when Redis does not answer; may take as long as a command to the queues. */
  async inspect(): Promise<RedisDetail> {
    const [, maxmemoryPolicy] =
      /^maxmemory_policy:(\S+)/m.exec(await this.redis.producer.info('memory')) ?? [];
    return {
      maxmemoryPolicy,
      keepsEverything: maxmemoryPolicy === undefined || maxmemoryPolicy === required,
    };
  }
}
