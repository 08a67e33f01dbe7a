import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { jobsConfig } from '../../../config/jobs.config.js';
import { OptionalRedis } from '../../redis/optional-redis.js';
import { signalOf, type Signal } from './signal.js';

/** What signals are called by on their way through Redis, where they only travel faster: nothing is kept there. */
@Injectable()
export class SignalChannel {
  /** Apart for each deployment on a shared server, as its queues are. */
  readonly name: string;

  constructor(
    private readonly redis: OptionalRedis,
    @Inject(jobsConfig.KEY) { queuePrefix }: ConfigType<typeof jobsConfig>,
  ) {
    this.name = `${queuePrefix}:signals`;
  }

  /** Waits for nothing: whoever does not hear it reads it from the database within a second. */
  publish(signals: readonly Signal[]): void {
    const message = JSON.stringify(signals.map(({ kind, id }) => [kind, id]));
    void this.redis.run((redis) => redis.publish(this.name, message));
  }

  /** The signals in a message; what is none is left out. */
  read(message: string): Signal[] {
    const parsed = parse(message);
    if (!Array.isArray(parsed)) return [];
    return parsed.flatMap((entry: unknown) => {
      const [kind, id]: unknown[] = Array.isArray(entry) ? entry : [];
      return signalOf(kind, id) ?? [];
    });
  }
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
