import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { BackgroundLoop } from '../../common/background-loop.js';
import { Clock } from '../../common/clock.js';
import { farewell } from '../../common/ends-within.js';
import type { ApiKeyPrincipal } from '../../common/principal.js';
import { periodOf, type Period } from './calendar.js';
import { QuotaCountersRepository } from './quota-counters.repository.js';
import { SharedCounters } from './shared-counters.js';

/** Milliseconds: how much of what was counted a wipe of Redis may take with it. */
const interval = 5_000;
/** How long a counter is kept after its period. */
const keptFor = 24 * 60 * 60 * 1_000;
/** Counters that are written at the same time. */
const atOnce = 10;

type KeyQuota = NonNullable<ApiKeyPrincipal['quota']>;

/** What this process knows of a counter. */
interface Counter {
  readonly name: string;
  readonly period: Period;
  /** Everybody's requests, as they were known to be at `knownAt` (milliseconds since the epoch). */
  total: number;
  knownAt: number;
  /** Requests that were let through here and are not in the database yet. */
  unwritten: number;
  /** The last look at the sum in the database: they follow each other. */
  looking: Promise<number>;
  /** Under way when Redis has lost the counter. */
  seeding: Promise<void> | undefined;
  /** Under way when Redis is away. */
  asking: Promise<number> | undefined;
}

/**
 * Requests a day or month. Redis counts them for all processes at once, exactly; each process adds what it let through
 * to the sum in the database every few seconds. From that sum a counter begins again that Redis has lost, and by it
 * the processes go, each for itself, while Redis is away. The sum holds nothing but requests that were let through, so
 * a counter that is lifted to it never counts too many.
 */
@Injectable()
export class Quotas implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Quotas.name);
  private readonly loop = new BackgroundLoop(interval, () => this.write());
  private readonly counters = new Map<string, Counter>();
  private isFailing = false;

  constructor(
    @Inject(SharedCounters) private readonly shared: Pick<SharedCounters, 'take' | 'seed' | 'raise'>,
    @Inject(QuotaCountersRepository) private readonly sums: Pick<QuotaCountersRepository, 'used' | 'add'>,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await farewell(
      this.logger,
      this.loop.stop().then(() => this.write()),
    );
  }

  /** Takes one request of the quota. @returns when the next period begins if none is left, else undefined. */
  async take(quota: KeyQuota): Promise<Date | undefined> {
    const counter = this.counterOf(quota);
    let { taken, used } = await this.shared.take(counter.name, quota.limit);
    if (taken === 'unknown') {
      await (counter.seeding ??= this.seed(counter).finally(() => (counter.seeding = undefined)));
      ({ taken, used } = await this.shared.take(counter.name, quota.limit));
    }
    if (taken === 'exceeded') return counter.period.endsAt;
    if (taken === 'taken') {
      counter.unwritten += 1;
      this.learn(counter, used);
      return undefined;
    }
    return (await this.takeHere(counter, quota.limit)) ? undefined : counter.period.endsAt;
  }

  /** Writes what was counted until now. Never throws: what cannot be written is written later. */
  async write(): Promise<void> {
    const now = this.clock.now();
    const counters = [...this.counters.values()];
    for (let start = 0; start < counters.length; start += atOnce) {
      await Promise.all(counters.slice(start, start + atOnce).map((counter) => this.tryToWrite(counter)));
    }
    for (const { name, period, unwritten } of counters) {
      if (unwritten === 0 && period.endsAt <= now) this.counters.delete(name);
    }
  }

  private counterOf({ quotaId, period: kind }: KeyQuota): Counter {
    const period = periodOf(kind, this.clock.now());
    const name = `${quotaId}:${period.name}`;
    let counter = this.counters.get(name);
    if (counter === undefined) {
      counter = {
        name,
        period,
        total: 0,
        knownAt: 0,
        unwritten: 0,
        looking: Promise.resolve(0),
        seeding: undefined,
        asking: undefined,
      };
      this.counters.set(name, counter);
    }
    return counter;
  }

  private async takeHere(counter: Counter, limit: number): Promise<boolean> {
    // What others let through is in the sum after a while: it is asked for as often as they write.
    if (this.clock.now().getTime() - counter.knownAt >= interval) {
      await (counter.asking ??= this.sumOf(counter).finally(() => (counter.asking = undefined)));
    }
    if (counter.total >= limit) return false;
    counter.total += 1;
    counter.unwritten += 1;
    return true;
  }

  /** @throws the driver's error: nobody may guess what was used. */
  private async seed(counter: Counter): Promise<void> {
    await this.shared.seed(counter.name, await this.sumOf(counter), endOf(counter));
  }

  private async tryToWrite(counter: Counter): Promise<void> {
    if (counter.unwritten === 0) return;
    try {
      await this.shared.raise(counter.name, await this.sumOf(counter));
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn({ err: error }, 'the use of quotas is written later');
      this.isFailing = true;
    }
  }

  /** The sum in the database, with what was let through here. */
  private sumOf(counter: Counter): Promise<number> {
    const look = (): Promise<number> => this.writeOne(counter);
    // Not at the same time: the sum must hold what another look is just writing.
    counter.looking = counter.looking.then(look, look);
    return counter.looking;
  }

  private async writeOne(counter: Counter): Promise<number> {
    const { name, unwritten } = counter;
    counter.unwritten = 0;
    try {
      const sum = await (unwritten === 0
        ? this.sums.used(name)
        : this.sums.add(name, unwritten, endOf(counter)));
      this.learn(counter, sum + counter.unwritten);
      return sum;
    } catch (error) {
      counter.unwritten += unwritten;
      throw error;
    }
  }

  private learn(counter: Counter, total: number): void {
    counter.total = Math.max(counter.total, total);
    counter.knownAt = this.clock.now().getTime();
  }
}

function endOf({ period }: Counter): Date {
  return new Date(period.endsAt.getTime() + keptFor);
}
