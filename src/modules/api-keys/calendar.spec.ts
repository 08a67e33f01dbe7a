import { expect, it } from 'vitest';
import { dayOf, periodOf } from './calendar.js';

it.each([
  ['2026-03-09T00:00:00.000Z', '2026-03-09'],
  ['2026-03-09T23:59:59.999Z', '2026-03-09'],
  ['2026-03-10T00:00:00.000Z', '2026-03-10'],
])('%s is on %s', (time, day) => expect(dayOf(new Date(time))).toBe(day));

it.each([
  ['day', '2026-03-09T12:00:00Z', '2026-03-09', '2026-03-10T00:00:00.000Z'],
  ['day', '2026-12-31T23:59:59.999Z', '2026-12-31', '2027-01-01T00:00:00.000Z'],
  ['day', '2028-02-29T00:00:00Z', '2028-02-29', '2028-03-01T00:00:00.000Z'],
  ['month', '2026-03-31T23:59:59.999Z', '2026-03', '2026-04-01T00:00:00.000Z'],
  ['month', '2026-12-01T00:00:00Z', '2026-12', '2027-01-01T00:00:00.000Z'],
] as const)('the %s of %s is %s and ends at %s', (kind, time, name, end) => {
  const period = periodOf(kind, new Date(time));
  expect([period.name, period.endsAt.toISOString()]).toEqual([name, end]);
});
