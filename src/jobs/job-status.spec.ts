import { describe, expect, it } from 'vitest';
import { jobIds } from '../common/ids.js';
import type { JobRow } from './job-row.js';
import { progressOf, statusOf, type LiveJob } from './job-status.js';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const iso = (second: number) => at(second).toISOString();

function row(changes: Partial<JobRow> = {}): JobRow {
  return {
    id: jobIds.parse('665f1c2e9b1e8a0012345678'),
    queue: 'email',
    name: 'test',
    data: {},
    state: 'published',
    generation: 1,
    priority: 'NORMAL',
    runAt: null,
    attempts: 0,
    author: { kind: 'system' },
    requestId: null,
    createdAt: at(0),
    publishedAt: at(1),
    lastFailure: null,
    completedAt: null,
    result: null,
    failedAt: null,
    error: null,
    cancelledAt: null,
    ...changes,
  };
}

const active: LiveJob = { state: 'active', startedAt: at(2), progress: { percent: 40 } };
const lastFailure = { at: at(3), error: 'no luck', nextAttemptAt: at(63) };

describe('the status of a job', () => {
  it.each<[string, JobRow, LiveJob | undefined, object]>([
    ['waits to be published', row({ state: 'pending' }), undefined, { status: 'pending', queuedAt: iso(0) }],
    ['waits in BullMQ', row(), { state: 'waiting' }, { status: 'pending', queuedAt: iso(0) }],
    ['is unheard of, Redis being away', row(), undefined, { status: 'pending', queuedAt: iso(0) }],
    [
      'has its time ahead',
      row({ runAt: at(30) }),
      { state: 'waiting' },
      { status: 'scheduled', runAt: iso(30) },
    ],
    ['had its time', row({ runAt: at(5) }), { state: 'waiting' }, { status: 'pending', queuedAt: iso(0) }],
    ['runs', row({ lastFailure }), active, { status: 'processing', startedAt: iso(2), progress: 40 }],
    [
      'waits for the next attempt',
      row({ lastFailure }),
      { state: 'waiting' },
      { status: 'failed', failedAt: iso(3), error: 'no luck', nextAttemptAt: iso(63) },
    ],
    [
      'has just ended well',
      row(),
      { state: 'completed', completedAt: at(4), result: 7 },
      { status: 'completed', completedAt: iso(4), result: 7 },
    ],
    [
      'has just failed for good',
      row(),
      { state: 'dead', failedAt: at(4), error: 'hopeless' },
      { status: 'dead', failedAt: iso(4), error: 'hopeless' },
    ],
    [
      'is done, whatever BullMQ says',
      row({ state: 'done', completedAt: at(6), result: { sent: 1 } }),
      active,
      { status: 'completed', completedAt: iso(6), result: { sent: 1 } },
    ],
    [
      'is dead',
      row({ state: 'dead', failedAt: at(6), error: { message: 'hopeless' } }),
      undefined,
      { status: 'dead', failedAt: iso(6), error: 'hopeless' },
    ],
    [
      'is cancelled',
      row({ state: 'cancelled', cancelledAt: at(6) }),
      undefined,
      { status: 'cancelled', cancelledAt: iso(6) },
    ],
  ])('that %s', (_, job, live, expected) => {
    expect(statusOf(job, live, at(10))).toEqual(expected);
  });

  it('counts as 100 percent only when it is completed', () => {
    expect(progressOf({ status: 'completed', completedAt: iso(1), result: null })).toBe(100);
    expect(progressOf({ status: 'processing', startedAt: iso(1), progress: 40 })).toBe(40);
    expect(progressOf({ status: 'pending', queuedAt: iso(1) })).toBe(0);
  });
});
