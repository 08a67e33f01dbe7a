import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Clock } from '../../common/clock.js';
import { auditEntryIds } from '../../common/ids.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { AuditBuffer } from './audit-buffer.js';
import type { AuditEntry } from './audit-entry.js';
import type { AuditRepository } from './audit.repository.js';

function entry(fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: newId(auditEntryIds),
    at: new Date(),
    actor: { type: 'anonymous', id: '203.0.113.7' },
    action: 'auth.login-failed',
    target: { type: 'account', id: 'ada@example.com' },
    outcome: 'failed',
    changes: {},
    ip: '203.0.113.7',
    requestId: null,
    count: 1,
    ...fields,
  };
}

// That the database is away is told, and wanted here.
beforeAll(() => Logger.overrideLogger(false));

describe('AuditBuffer', () => {
  const written: AuditEntry[][] = [];
  let isAway = false;
  let buffer: AuditBuffer;

  beforeEach(() => {
    vi.useFakeTimers();
    written.length = 0;
    isAway = false;
    const insertMissing: AuditRepository['insertMissing'] = async (entries) => {
      written.push([...entries]);
      if (isAway) throw new Error('no connection');
    };
    const repository: Pick<AuditRepository, 'insertMissing'> = { insertMissing };
    buffer = Reflect.construct(AuditBuffer, [repository, new Clock()]);
    buffer.onApplicationBootstrap();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('writes within seconds', async () => {
    buffer.add(entry());
    await vi.advanceTimersByTimeAsync(3_000);
    expect(written).toEqual([[expect.objectContaining({ count: 1 })]]);
  });

  it('sends the same entries again while the database is away, and the later ones after them', async () => {
    isAway = true;
    const first = entry();
    buffer.add(first);
    await vi.advanceTimersByTimeAsync(3_000);
    buffer.add(entry());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written.length).toBeGreaterThanOrEqual(3);
    expect(new Set(written.map(([only]) => only?.id))).toEqual(new Set([first.id]));
    expect(written.every(([only, ...others]) => only?.count === 1 && others.length === 0)).toBe(true);

    isAway = false;
    written.length = 0;
    await vi.advanceTimersByTimeAsync(70_000);
    expect(
      written.map((entries) => entries.map(({ id, count }) => ({ isFirst: id === first.id, count }))),
    ).toEqual([[{ isFirst: true, count: 1 }], [{ isFirst: false, count: 1 }]]);
  });

  it('writes what waits when the process ends', async () => {
    buffer.add(entry());
    await vi.advanceTimersByTimeAsync(3_000);
    for (let act = 0; act < 5; act += 1) buffer.add(entry());
    await buffer.beforeApplicationShutdown();
    expect(written.at(-1)).toEqual([expect.objectContaining({ count: 5 })]);
  });

  it('holds little of what an attacker writes into it', async () => {
    buffer.add(
      entry({
        target: { type: 'account', id: 'a'.repeat(5_000) },
        changes: { x: { to: 'b'.repeat(9_000) } },
      }),
    );
    await vi.advanceTimersByTimeAsync(3_000);
    expect(JSON.stringify(written).length).toBeLessThan(1_000);
  });
});
