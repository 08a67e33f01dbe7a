import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DependencyChecks } from './dependency-checks.js';
import type { CheckOutcome } from './shared-check.js';

/** One dependency; `responseTime` is in milliseconds. */
export interface DependencyHealth {
  readonly status: 'up' | 'down';
  readonly responseTime: number;
  readonly message?: string;
}

export interface HealthReport {
  readonly status: 'healthy' | 'unhealthy';
  readonly timestamp: string;
  readonly checks: Readonly<Record<'database' | 'redis' | 'queue', DependencyHealth>>;
  /** Seconds since the process began. */
  readonly uptime: number;
  /** Bytes. */
  readonly memory: { readonly rss: number; readonly heapTotal: number; readonly heapUsed: number };
}

@Injectable()
export class HealthService {
  constructor(
    private readonly checks: DependencyChecks,
    private readonly clock: Clock,
  ) {}

  /** Everything this process talks to, for people and dashboards. Answers within 2 s. */
  async report(): Promise<HealthReport> {
    const [database, redis, queue] = await Promise.all([
      this.checks.database.run(),
      this.checks.redis.run(),
      this.checks.queue.run(),
    ]);
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    return {
      status: database.up && redis.up && queue.up ? 'healthy' : 'unhealthy',
      timestamp: this.clock.now().toISOString(),
      checks: { database: healthOf(database), redis: healthOf(redis), queue: healthOf(queue) },
      uptime: Math.round(process.uptime() * 10) / 10,
      memory: { rss, heapTotal, heapUsed },
    };
  }
}

function healthOf(outcome: CheckOutcome<unknown>): DependencyHealth {
  const { responseTime } = outcome;
  if (outcome.up) return { status: 'up', responseTime };
  return { status: 'down', responseTime, message: outcome.message };
}
