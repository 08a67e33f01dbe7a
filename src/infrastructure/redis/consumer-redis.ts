import { Redis, type RedisOptions } from 'ioredis';

/** A connection whose blocking copies, which BullMQ makes by itself, can be brought to an end with it. */
export class ConsumerRedis extends Redis {
  private readonly copies: Redis[] = [];

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const copy = super.duplicate(override);
    this.copies.push(copy);
    return copy;
  }

  /**
   * A connection that is lost from now on stays lost: BullMQ, while it closes, waits for a lost one to end, which one
   * that tries to come back never does.
   */
  stayLost(): void {
    for (const redis of [this, ...this.copies]) redis.options.retryStrategy = () => null;
  }
}
