import { describe, expect, it } from 'vitest';
import { auditEntryIds } from '../../common/ids.js';
import type { AuditEntry } from './audit-entry.js';
import { AuditTally, tallyWindow } from './audit-tally.js';

const start = Date.parse('2026-03-01T09:00:00Z');

function entry(fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: auditEntryIds.parse('0123456789abcdef01234567'),
    at: new Date(start),
    actor: { type: 'anonymous', id: '203.0.113.7' },
    action: 'auth.login-failed',
    target: { type: 'account', id: 'ada@example.com' },
    outcome: 'failed',
    changes: {},
    ip: '203.0.113.7',
    requestId: 'first',
    count: 1,
    ...fields,
  };
}

const from = (ip: string): AuditEntry => entry({ ip, actor: { type: 'anonymous', id: ip } });
const counts = (entries: readonly AuditEntry[]): number[] => entries.map(({ count }) => count);

describe('AuditTally', () => {
  it('makes one entry of what came since, as the first of it was', () => {
    const tally = new AuditTally(10);
    tally.add(entry());
    tally.add(entry({ requestId: 'second', target: { type: 'account', id: 'bob@example.com' } }));
    expect(tally.take(start)).toEqual([entry({ count: 2 })]);
    expect(tally.take(start + 1)).toEqual([]);
  });

  it('makes at most one entry a minute, and loses no act', () => {
    const tally = new AuditTally(10);
    const taken: { at: number; count: number }[] = [];
    for (let second = 0; second < 300; second += 1) {
      tally.add(entry());
      for (const { count } of tally.take(start + second * 1_000)) taken.push({ at: second, count });
    }
    expect(taken).toEqual([
      { at: 0, count: 1 },
      { at: 60, count: 60 },
      { at: 120, count: 60 },
      { at: 180, count: 60 },
      { at: 240, count: 60 },
    ]);
    expect(counts(tally.takeAll(start))).toEqual([59]);
  });

  it.each([
    ['actor', { actor: { type: 'user', id: '66f0c1e2a4b5c6d7e8f90123' } }],
    ['address', { ip: '203.0.113.8' }],
    ['action', { action: 'access.denied' }],
  ] as const)('tells apart by %s', (_what, other) => {
    const tally = new AuditTally(10);
    tally.add(entry());
    tally.add(entry(other));
    expect(counts(tally.take(start))).toEqual([1, 1]);
  });

  it('stays bounded under an attack from everywhere, counts all of it, and what it knew goes on by itself', () => {
    const tally = new AuditTally(100);
    tally.add(from('known'));
    for (let index = 0; index < 5_000; index += 1) tally.add(from(`address-${index}`));
    tally.add(from('known'));
    expect(tally.size).toBe(101);
    const taken = tally.take(start);
    expect(taken.find(({ ip }) => ip === 'known')?.count).toBe(2);
    expect(counts(taken).reduce((sum, count) => sum + count, 0)).toBe(5_002);
    const rest = taken.find(({ actor }) => actor.id === 'audit-overflow');
    expect(rest).toMatchObject({ count: 4_901, ip: null, target: { type: 'account', id: '*' } });
  });

  it('forgets what has been quiet for a minute', () => {
    const tally = new AuditTally(10);
    tally.add(entry());
    tally.take(start);
    tally.take(start + tallyWindow);
    expect(tally.size).toBe(0);
  });
});
