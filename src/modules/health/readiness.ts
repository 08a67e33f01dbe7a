import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { SignalFeed } from '../../infrastructure/mongo/signals/signal-feed.js';
import type { RedisDetail } from '../../infrastructure/redis/redis-status.js';
import { DependencyChecks } from './dependency-checks.js';
import { IndexCheck } from './index-check.js';
import type { CheckOutcome } from './shared-check.js';
import { TerminusReport, type ProbeReport } from './terminus-report.js';

const shuttingDown: ProbeReport = {
  healthy: false,
  body: { status: 'shutting_down', info: {}, error: {}, details: {} },
};

/** Whether this process should be given work, in Terminus' shape and within 2 s. */
@Injectable()
export class Readiness implements OnModuleDestroy {
  private ending = false;

  constructor(
    private readonly checks: DependencyChecks,
    private readonly indexes: IndexCheck,
    private readonly connection: DatabaseConnection,
    private readonly signals: SignalFeed,
    private readonly indicators: HealthIndicatorService,
    private readonly terminus: TerminusReport,
  ) {}

  /**
   * From now on the process is not ready. Entries call it before they close the application: the modules' own hooks
   * come one after the other and some of them wait for running work.
   */
  beginShutdown(): void {
    this.ending = true;
  }

  onModuleDestroy(): void {
    this.beginShutdown();
  }

  /** Without Redis the API serves on, slower, so it stays ready and only says so. */
  async ofApi(): Promise<ProbeReport> {
    if (this.ending) return shuttingDown;
    const [database, redis, workers] = await Promise.all([
      this.databaseIndicators(),
      this.checks.redis.run(),
      this.checks.workers.run(),
    ]);
    return this.terminus.of([
      ...database,
      this.signalsIndicator(),
      redis.up ? this.redisIndicator(redis) : this.optional('redis', redis),
      this.workersIndicator(workers),
    ]);
  }

  /** A worker without Redis gets no jobs. */
  async ofWorker(): Promise<ProbeReport> {
    if (this.ending) return shuttingDown;
    const [database, redis] = await Promise.all([this.databaseIndicators(), this.checks.redis.run()]);
    return this.terminus.of([
      ...database,
      redis.up ? this.redisIndicator(redis) : this.required('redis', redis),
    ]);
  }

  private async databaseIndicators(): Promise<HealthIndicatorResult[]> {
    const [database, missing] = await Promise.all([this.checks.database.run(), this.indexes.run()]);
    return [
      this.required('database', database),
      this.indexIndicator(missing),
      // Connected is not enough: the permissions and roles that every request relies on are written at the start.
      this.connection.isPrepared
        ? this.indicators.check('startup').up()
        : this.indicators
            .check('startup')
            .down('the work to be done before the first request is not finished'),
    ];
  }

  /** Serving without them is safe, but reads the database for each request: others that have them do it better. */
  private signalsIndicator(): HealthIndicatorResult {
    const indicator = this.indicators.check('signals');
    return this.signals.isFresh
      ? indicator.up()
      : indicator.down('the revocations of other processes are not read in time');
  }

  private indexIndicator(missing: readonly string[] | undefined): HealthIndicatorResult {
    const indicator = this.indicators.check('indexes');
    if (missing === undefined) return indicator.down('not known yet: the database has not been asked');
    if (missing.length === 0) return indicator.up();
    return indicator.down({ message: 'missing: run `npm run db:sync`', missing: [...missing] });
  }

  private required(name: string, outcome: CheckOutcome<unknown>): HealthIndicatorResult {
    const { responseTime } = outcome;
    const indicator = this.indicators.check(name);
    return outcome.up
      ? indicator.up({ responseTime })
      : indicator.down({ responseTime, message: outcome.message });
  }

  /** A Redis that drops jobs when it is full is no reason to serve nothing: the ledger brings them back, late. */
  private redisIndicator({
    responseTime,
    value,
  }: CheckOutcome<RedisDetail> & { up: true }): HealthIndicatorResult {
    const indicator = this.indicators.check('redis');
    if (value.keepsEverything) return indicator.up({ responseTime });
    const { maxmemoryPolicy } = value;
    const message = 'its maxmemory-policy drops jobs when it is full: set it to noeviction';
    return indicator.degraded({ responseTime, maxmemoryPolicy, message });
  }

  private optional(name: string, outcome: CheckOutcome<unknown>): HealthIndicatorResult {
    if (outcome.up) return this.required(name, outcome);
    const { responseTime, message } = outcome;
    return this.indicators.check(name).degraded({ responseTime, message });
  }

  private workersIndicator(outcome: CheckOutcome<number>): HealthIndicatorResult {
    const indicator = this.indicators.check('workers');
    if (!outcome.up) return indicator.degraded({ message: 'not known: Redis would tell' });
    const alive = outcome.value;
    return alive > 0
      ? indicator.up({ alive })
      : indicator.degraded({ alive, message: 'jobs wait for a worker' });
  }
}
