import { Injectable } from '@nestjs/common';
import { Metrics } from '../telemetry/metrics.js';

/** How well the cache does, by kind of thing. */
@Injectable()
export class CacheCounters {
  private readonly hits;
  private readonly misses;
  private readonly fills;

  constructor(metrics: Metrics) {
    this.hits = metrics.counter({
      name: 'cache_hits_total',
      help: 'Values found in the cache: local, in this process, or shared, in Redis.',
      labels: ['thing', 'level'],
    });
    this.misses = metrics.counter({
      name: 'cache_misses_total',
      help: 'Values that had to be loaded; many callers at once are one.',
      labels: ['thing'],
    });
    this.fills = metrics.counter({
      name: 'cache_fills_total',
      help: 'Loaded values that were kept: fewer than misses when loads fail, or are overtaken by a change.',
      labels: ['thing'],
    });
  }

  /** What counts one kind of thing. */
  of(thing: string): ThingCounters {
    return {
      // Found by their labels once: that takes longer than a look-up.
      localHit: this.hits.labels({ thing, level: 'local' }),
      sharedHit: this.hits.labels({ thing, level: 'shared' }),
      miss: this.misses.labels({ thing }),
      fill: this.fills.labels({ thing }),
    };
  }
}

interface Counted {
  inc(): void;
}

export interface ThingCounters {
  readonly localHit: Counted;
  readonly sharedHit: Counted;
  readonly miss: Counted;
  readonly fill: Counted;
}
