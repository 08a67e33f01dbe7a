import { Injectable } from '@nestjs/common';

export const limitNames = ['anonymous', 'principal', 'auth-failures', 'mail'] as const;
export type LimitName = (typeof limitNames)[number];

/** How often each limit has refused since this process began: what the metrics show. */
@Injectable()
export class Refusals {
  private readonly counts = new Map<LimitName, number>(limitNames.map((name) => [name, 0]));

  count(name: LimitName): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** A limit that has refused nothing is there with 0. */
  all(): ReadonlyMap<LimitName, number> {
    return this.counts;
  }
}
