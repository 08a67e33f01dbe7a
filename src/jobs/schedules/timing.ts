import { CronExpressionParser, type CronExpression } from 'cron-parser';
import type { Timing } from './schedule.js';

/** The first tick after this time. @throws Error when the timing makes no sense, or never ticks. */
export function tickAfter(timing: Timing, time: Date): Date {
  if (timing.every !== null) return new Date((Math.floor(time.getTime() / timing.every) + 1) * timing.every);
  return expression(timing, time).next().toDate();
}

/** The last tick at or before this time. */
export function tickUntil(timing: Timing, time: Date): Date {
  if (timing.every !== null) return new Date(Math.floor(time.getTime() / timing.every) * timing.every);
  return expression(timing, new Date(time.getTime() + 1))
    .prev()
    .toDate();
}

/** The next ticks after this time. */
export function ticksAfter(timing: Timing, time: Date, count: number): Date[] {
  const ticks: Date[] = [];
  for (let last = time; ticks.length < count;) {
    last = tickAfter(timing, last);
    ticks.push(last);
  }
  return ticks;
}

function expression({ pattern, timezone }: Timing, currentDate: Date): CronExpression {
  // Without a word it would tick at every minute.
  if (pattern === null || pattern.trim() === '') throw new Error('a schedule needs a pattern');
  if (isDrawn(pattern)) throw new Error('a pattern with H would be another one at each look');
  return CronExpressionParser.parse(pattern, { currentDate, tz: timezone });
}

/** An H stands for a value that the parser draws anew each time; the only other one is in the name of a day. */
function isDrawn(pattern: string): boolean {
  return pattern.replaceAll(/thu/gi, '').includes('H');
}
