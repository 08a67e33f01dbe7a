import { Redis } from 'ioredis';
import { getConnectionToken } from '@nestjs/mongoose';
import { Types, type Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { Clock } from '../../src/common/clock.js';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client, Reply } from '../support/client.js';
import { makeKey, makeUser, rotateKey, type MadeKey } from './keys.js';

const path = '/api/users/me';
const hour = 60 * 60_000;
/** Refused by the route's own rules: after the guards, which needs users:read, and before any read of its own. */
const guarded = '/api/users?limit=0';

describe('the use of a key', () => {
  let api: RunningApi;
  let admin: Client;
  let redis: Redis;

  beforeAll(async () => {
    api = await startApi();
    admin = await api.asAdministrator();
    redis = new Redis(inject('redisUrl'));
  });
  afterAll(async () => {
    redis?.disconnect();
    await api?.close();
  });

  const statuses = async (key: MadeKey, count: number): Promise<Record<number, number>> => {
    const replies = await Promise.all(Array.from({ length: count }, () => key.get(path)));
    const counts: Record<number, number> = {};
    for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };
  const connection = () => api.app.get<Connection>(getConnectionToken(), { strict: false });
  const later = async (milliseconds: number, check: () => Promise<void>): Promise<void> => {
    const now = vi
      .spyOn(Clock.prototype, 'now')
      .mockImplementation(() => new Date(Date.now() + milliseconds));
    try {
      await check();
    } finally {
      now.mockRestore();
    }
  };
  const codeOf = ({ status, body }: Reply): string => `${status} ${String(body.code)}`;
  const secondsLeft = ({ headers }: Reply) => Number(headers.get('retry-after'));
  /** Everything that Redis holds of quotas, as a wipe would take it: of this test's own keys alone. */
  const wipe = async (): Promise<number> => {
    const keys = await redis.keys(`${process.env['QUEUE_PREFIX']}:quota:*`);
    return keys.length === 0 ? 0 : redis.del(...keys);
  };

  it('lets exactly its quota through of 50 requests at once', async () => {
    const key = await makeKey(admin, { quota: { limit: 20, period: 'day' } });
    expect(await statuses(key, 50)).toEqual({ 200: 20, 429: 30 });
    const refused = await key.get(path);
    expect([refused.status, refused.body.code]).toEqual([429, 'QUOTA_EXCEEDED']);
    const midnight = new Date().setUTCHours(24, 0, 0, 0);
    expect(Math.abs(secondsLeft(refused) - (midnight - Date.now()) / 1_000)).toBeLessThan(5);
    // Other keys of the same owner have nothing to do with it; a higher quota has room at once.
    expect(await statuses(await makeKey(admin), 3)).toEqual({ 200: 3 });
    await admin.patch(`/api/api-keys/${key.id}`, { quota: { limit: 25, period: 'day' } });
    expect(await statuses(key, 10)).toEqual({ 200: 5, 429: 5 });
    await admin.patch(`/api/api-keys/${key.id}`, { quota: null });
    expect(await statuses(key, 10)).toEqual({ 200: 10 });
  });

  it('counts by month, and shares a quota between a key and its successor', async () => {
    const old = await makeKey(admin, { quota: { limit: 10, period: 'month' } });
    expect(await statuses(old, 4)).toEqual({ 200: 4 });
    const fresh = await rotateKey(admin, old.id);
    expect(await statuses(fresh, 4)).toEqual({ 200: 4 });
    expect(await statuses(old, 4)).toEqual({ 200: 2, 429: 2 });
    const refused = await fresh.get(path);
    const now = new Date();
    const nextMonth = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
    expect(Math.abs(secondsLeft(refused) - (nextMonth - now.getTime()) / 1_000)).toBeLessThan(5);
  });

  it('keeps a quota through a wipe of Redis', async () => {
    const key = await makeKey(admin, { quota: { limit: 30, period: 'day' } });
    expect(await statuses(key, 12)).toEqual({ 200: 12 });
    expect(await wipe()).toBeGreaterThan(0);
    expect(await statuses(key, 10)).toEqual({ 200: 10 });
    // And what another process would begin from: the sum in the database, a few seconds late.
    await vi.waitFor(
      async () => {
        const sums = await connection().collection('quotaCounters').find().toArray();
        expect(sums.find(({ _id }) => String(_id).startsWith(key.id))).toMatchObject({ used: 22 });
      },
      { timeout: 10_000, interval: 250 },
    );
    expect(await wipe()).toBeGreaterThan(0);
    expect(await statuses(key, 20)).toEqual({ 200: 8, 429: 12 });
  });

  it('is bound by a rate of its own, which costs no quota when it refuses', async () => {
    const rateLimit = { limit: 5, windowSeconds: 600 };
    const key = await makeKey(admin, { rateLimit, quota: { limit: 7, period: 'day' } });
    expect(await statuses(key, 20)).toEqual({ 200: 5, 429: 15 });
    const refused = await key.get(path);
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(secondsLeft(refused)).toBeGreaterThan(0);
    await admin.patch(`/api/api-keys/${key.id}`, { rateLimit: null });
    expect(await statuses(key, 10)).toEqual({ 200: 2, 429: 8 });
  });

  it('works with the old key and the new one while they overlap, and tells of the old one', async () => {
    const old = await makeKey(admin, { permissions: ['users:read'] });
    expect((await old.get(guarded)).status).toBe(400);
    const fresh = await rotateKey(admin, old.id, { overlapHours: 2 });
    expect(fresh.key).not.toBe(old.key);
    for (let i = 0; i < 3; i += 1) expect((await old.get(guarded)).status).toBe(400);
    expect((await fresh.get(guarded)).status).toBe(400);
    const told = () =>
      connection()
        .collection('auditEntries')
        .find({ action: 'api-key.old-key-used', 'target.id': old.id })
        .toArray();
    await vi.waitFor(async () => expect(await told()).toHaveLength(1), { timeout: 15_000 });
    expect((await told())[0]).toMatchObject({ actor: { type: 'apiKey', id: old.id }, outcome: 'success' });
    await later(hour + 1_000, async () => {
      for (let i = 0; i < 3; i += 1) expect((await old.get(guarded)).status).toBe(400);
      await vi.waitFor(async () => expect(await told()).toHaveLength(2), { timeout: 15_000 });
    });
    await later(2 * hour + 1_000, async () => {
      expect(codeOf(await old.get(guarded))).toBe('401 API_KEY_EXPIRED');
      expect((await fresh.get(guarded)).status).toBe(400);
    });
  });

  it('never lives past its own end by a rotation, and ends at once without an overlap', async () => {
    const short = await makeKey(admin, { expiresInDays: 1 });
    const before = (await admin.get(`/api/api-keys/${short.id}`)).body.data?.expiresAt;
    await rotateKey(admin, short.id, { overlapHours: 168 });
    expect((await admin.get(`/api/api-keys/${short.id}`)).body.data?.expiresAt).toBe(before);

    const leaked = await makeKey(admin);
    expect((await leaked.get('/api/users/me')).status).toBe(200);
    const next = await rotateKey(admin, leaked.id, { overlapHours: 0 });
    expect(codeOf(await leaked.get('/api/users/me'))).toBe('401 API_KEY_EXPIRED');
    expect((await next.get('/api/users/me')).status).toBe(200);
    for (const overlapHours of [-1, 169, 1.5, '1', null]) {
      const reply = await admin.post(`/api/api-keys/${next.id}/rotate`, { overlapHours });
      expect(reply.status).toBe(400);
    }
  });

  it('is counted by day and in the time of its last use, at most 30 s late', async () => {
    const { id, get } = await makeKey(admin, { permissions: ['users:read'] });
    expect((await admin.get(`/api/api-keys/${id}/usage`)).body.data).toEqual([]);
    const start = Date.now();
    await Promise.all(Array.from({ length: 7 }, () => get(guarded)));
    await later(24 * hour, async () => {
      await Promise.all(Array.from({ length: 2 }, () => get(guarded)));
    });
    // Nobody asks for the usage: it is written by itself.
    await vi.waitFor(
      async () => {
        const { body } = await admin.get(`/api/api-keys/${id}`);
        expect(Date.parse(String(body.data?.lastUsedAt))).toBeGreaterThanOrEqual(start + 24 * hour);
      },
      { timeout: 10_000, interval: 250 },
    );
    const stored = await connection().collection('apiKeyUsage').find({}).toArray();
    const day = (ahead: number) => new Date(Date.now() + ahead).toISOString().slice(0, 10);
    expect(stored.filter(({ keyId }) => String(keyId) === id)).toEqual([
      expect.objectContaining({ day: day(0), requests: 7 }),
      expect.objectContaining({ day: day(24 * hour), requests: 2 }),
    ]);
    await get(guarded);
    const usage = await admin.get(`/api/api-keys/${id}/usage?days=1`);
    expect(usage.body.data).toEqual([
      { day: day(0), requests: 8 },
      { day: day(24 * hour), requests: 2 },
    ]);
    expect((await admin.get(`/api/api-keys/${id}/usage?days=0`)).status).toBe(400);
  });

  it('keeps to 100 active keys a user', async () => {
    const many = await makeUser(admin);
    const userId = many.id;
    // The first keys of a user, all at once.
    const firsts = await Promise.all(Array.from({ length: 5 }, () => makeKey(many.client)));
    for (const { id } of firsts.slice(1)) await many.client.delete(`/api/api-keys/${id}`);
    const id = firsts[0]?.id ?? '';
    const keys = connection().collection('apiKeys');
    const stored = await keys.findOne({ _id: new Types.ObjectId(id) });
    await keys.insertMany(
      Array.from({ length: 98 }, (_, index) => {
        const { _id: __, ...copy } = { ...stored };
        return { ...copy, hash: `test:${userId}:${index}` };
      }),
    );
    // Two at once for the last place.
    const replies = await Promise.all([1, 2].map(() => many.client.post('/api/api-keys', { name: 'last' })));
    expect(replies.map(codeOf).toSorted()).toEqual(['201 undefined', '409 TOO_MANY_API_KEYS']);
    await rotateKey(many.client, id, { overlapHours: 0 });
    expect(codeOf(await many.client.post('/api/api-keys', { name: 'x' }))).toBe('409 TOO_MANY_API_KEYS');
  });
});
