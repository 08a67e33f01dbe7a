import { Injectable } from '@nestjs/common';
import { Metrics } from '../../infrastructure/telemetry/metrics.js';
import { JobCatalogue } from '../catalogue/catalogue.js';
import { LedgerFiguresRepository, watchedStates, type LedgerFigure } from './ledger-figures.repository.js';
import { RecentValue } from './recent-value.js';

/** Milliseconds. */
const goodFor = 10_000;
const timeLimit = 2_000;

/** How much is in the ledger, and for how long. While the database does not tell, nothing is said. */
@Injectable()
export class LedgerMetrics {
  private readonly figures: RecentValue<readonly LedgerFigure[]>;

  constructor(
    metrics: Metrics,
    private readonly catalogue: JobCatalogue,
    repository: LedgerFiguresRepository,
  ) {
    this.figures = new RecentValue(() => repository.read(catalogue.queues, timeLimit), goodFor, timeLimit);
    const labels = ['queue', 'state'] as const;
    metrics.gauge(
      {
        name: 'jobs_ledger',
        help: 'Jobs of the ledger, by queue and state: pending (accepted, BullMQ does not have it), published (BullMQ has it), dead. Counting stops at 10,000.',
        labels,
      },
      (gauge) => this.tell(gauge, (figure) => figure?.jobs ?? 0),
    );
    metrics.gauge(
      {
        name: 'jobs_ledger_oldest_seconds',
        help: 'For how long the oldest job of the ledger in that state could have run, by queue and state; 0 when there is none.',
        labels,
      },
      (gauge) => this.tell(gauge, ageOf),
    );
  }

  private async tell(
    gauge: { reset(): void; set(labels: { queue: string; state: string }, value: number): void },
    valueOf: (figure: LedgerFigure | undefined) => number,
  ): Promise<void> {
    const figures = await this.figures.get();
    gauge.reset();
    if (figures === undefined) return;
    for (const queue of this.catalogue.queues) {
      for (const state of watchedStates) {
        const figure = figures.find((one) => one.queue === queue && one.state === state);
        gauge.set({ queue, state }, valueOf(figure));
      }
    }
  }
}

function ageOf(figure: LedgerFigure | undefined): number {
  const since = figure?.oldest?.getTime() ?? Date.now();
  return Math.max(0, (Date.now() - since) / 1_000);
}
