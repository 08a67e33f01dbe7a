import { describe, expect, it } from 'vitest';
import { dueTicks } from './due-ticks.js';
import type { Schedule, Timing } from './schedule.js';
import { ticksAfter, tickUntil } from './timing.js';

const at = (text: string) => new Date(`${text}Z`);
const cron = (pattern: string, timezone = 'UTC') => ({ pattern, every: null, timezone });
const every = (milliseconds: number) => ({ pattern: null, every: milliseconds, timezone: 'UTC' });

describe('the timing of a schedule', () => {
  it('is a pattern in a time zone, over the change to summer time too', () => {
    const ticks = ticksAfter(cron('0 9 * * 1', 'Europe/Berlin'), at('2026-03-20T00:00'), 3);
    expect(ticks.map((tick) => tick.toISOString())).toEqual([
      '2026-03-23T08:00:00.000Z',
      '2026-03-30T07:00:00.000Z',
      '2026-04-06T07:00:00.000Z',
    ]);
  });

  it('is a span of time, whose ticks all processes agree on', () => {
    const ticks = ticksAfter(every(90_000), at('2026-01-01T00:00:01'), 2);
    expect(ticks).toEqual([at('2026-01-01T00:01:30'), at('2026-01-01T00:03:00')]);
    expect(tickUntil(every(90_000), at('2026-01-01T00:01:30'))).toEqual(at('2026-01-01T00:01:30'));
  });

  it('has its last tick at or before a time', () => {
    expect(tickUntil(cron('0 9 * * 1'), at('2026-11-23T09:00'))).toEqual(at('2026-11-23T09:00'));
    expect(tickUntil(cron('0 9 * * 1'), at('2026-11-23T08:59'))).toEqual(at('2026-11-16T09:00'));
  });

  const drawn = [
    'H * * * *',
    '0 H(0-7) * * *',
    'H/15 * * * *',
    '0 9 * * THU,H',
    '1,H * * * *',
    '0 9 * * H#2',
  ];
  it.each(['', 'hello', '61 * * * *', '0 0 30 2 *', ...drawn])('refuses %j', (pattern) => {
    expect(() => ticksAfter(cron(pattern), at('2026-01-01T00:00'), 1)).toThrow();
  });

  it.each(['0 9 * * THU', '0 9 * * thu', '0 9 * MAR *', '@hourly'])('takes %j', (pattern) => {
    expect(ticksAfter(cron(pattern), at('2026-01-01T00:00'), 1)).toHaveLength(1);
  });

  it('refuses a time zone that does not exist', () => {
    expect(() => ticksAfter(cron('0 9 * * *', 'Mars/Olympus'), at('2026-01-01T00:00'), 1)).toThrow();
  });
});

describe('the ticks that are due', () => {
  const schedule = (missed: Schedule['missed'], timing: Timing = every(10_000)): Schedule => ({
    ...timing,
    queue: 'email',
    id: 'test',
    name: 'test',
    data: {},
    missed,
    paused: false,
    nextAt: null,
    lastAt: null,
  });
  const first = at('2026-01-01T00:00:00');

  it('are all of them while nobody was away for long', () => {
    const { run, next } = dueTicks(schedule('skip'), first, at('2026-01-01T00:00:25'));
    expect(run).toEqual([first, at('2026-01-01T00:00:10'), at('2026-01-01T00:00:20')]);
    expect(next).toEqual(at('2026-01-01T00:00:30'));
  });

  it('are, of those that were missed, the last one', () => {
    const { run, next } = dueTicks(schedule('run-once', every(60_000)), first, at('2026-01-01T12:00:50'));
    expect(run).toEqual([at('2026-01-01T12:00:00')]);
    expect(next).toEqual(at('2026-01-01T12:01:00'));
  });

  it('are, of those that were missed, none where they are skipped', () => {
    const { run, next } = dueTicks(schedule('skip', cron('0 0 * * *')), first, at('2026-01-03T12:00'));
    expect(run).toEqual([]);
    expect(next).toEqual(at('2026-01-04T00:00:00'));
  });
});
