import { createHash } from 'node:crypto';
import { ReplyError, type Redis } from 'ioredis';

/** A Lua script that Redis keeps under its hash; sent whole only to a server that does not know it (yet, or any more). */
export class RedisScript {
  private readonly hash: string;

  constructor(private readonly source: string) {
    this.hash = createHash('sha1').update(source).digest('hex');
  }

  /** The numbers that the script returns. @throws Error when it returns anything else, or cannot be run. */
  async run(redis: Redis, keys: readonly string[], values: readonly number[]): Promise<number[]> {
    return numbersOf(await this.answerOf(redis, keys, values));
  }

  private async answerOf(redis: Redis, keys: readonly string[], values: readonly number[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.hash, keys.length, ...keys, ...values);
    } catch (error) {
      const isUnknown = error instanceof ReplyError && String(error).includes('NOSCRIPT');
      if (!isUnknown) throw error;
      return redis.eval(this.source, keys.length, ...keys, ...values);
    }
  }
}

function numbersOf(answer: unknown): number[] {
  if (Array.isArray(answer) && answer.every((item): item is number => typeof item === 'number'))
    return answer;
  throw new Error('the script returned no list of numbers');
}
