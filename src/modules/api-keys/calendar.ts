import type { Quota } from '../../common/principal.js';

const millisecondsOfDay = 24 * 60 * 60 * 1_000;
let known = { number: -1, name: '' };

/** The calendar day in UTC, e.g. '2026-03-09'. */
export function dayOf(time: Date): string {
  // Asked for on each request, and the same for a day.
  const number = Math.floor(time.getTime() / millisecondsOfDay);
  if (number !== known.number) known = { number, name: time.toISOString().slice(0, 10) };
  return known.name;
}

/** A day or a month in UTC: its name ('2026-03-09', '2026-03') and when it is over. */
export interface Period {
  readonly name: string;
  readonly endsAt: Date;
}

export function periodOf(period: Quota['period'], time: Date): Period {
  const day = dayOf(time);
  const [year, month, date] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  return period === 'day'
    ? { name: day, endsAt: new Date(Date.UTC(year, month, date + 1)) }
    : { name: day.slice(0, 7), endsAt: new Date(Date.UTC(year, month + 1, 1)) };
}
