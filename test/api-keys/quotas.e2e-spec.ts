import { Redis } from 'ioredis';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client, Reply } from '../support/client.js';
import { makeKey, rotateKey, type MadeKey } from './keys.js';

const path = '/api/users/me';

describe('the limits of a key', () => {
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
  const secondsLeft = ({ headers }: Reply) => Number(headers.get('retry-after'));
  /** Everything that Redis holds of quotas, as a wipe would take it: of this test's own keys alone. */
  const wipe = async (): Promise<number> => {
    const keys = await redis.keys(`${process.env['QUEUE_PREFIX']}:quota:*`);
    return keys.length === 0 ? 0 : redis.del(...keys);
  };

  it('let exactly its quota through of 50 requests at once', async () => {
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

  it('count by month, and share a quota between a key and its successor', async () => {
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

  it('keep a quota through a wipe of Redis', async () => {
    const key = await makeKey(admin, { quota: { limit: 30, period: 'day' } });
    expect(await statuses(key, 12)).toEqual({ 200: 12 });
    expect(await wipe()).toBeGreaterThan(0);
    expect(await statuses(key, 10)).toEqual({ 200: 10 });
    // And what another process would begin from: the sum in the database, a few seconds late.
    const connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
    await vi.waitFor(
      async () => {
        const sums = await connection.collection('quotaCounters').find().toArray();
        expect(sums.find(({ _id }) => String(_id).startsWith(key.id))).toMatchObject({ used: 22 });
      },
      { timeout: 10_000, interval: 250 },
    );
    expect(await wipe()).toBeGreaterThan(0);
    expect(await statuses(key, 20)).toEqual({ 200: 8, 429: 12 });
  });

  it('bound a key by its own rate, which costs no quota when it refuses', async () => {
    const rateLimit = { limit: 5, windowSeconds: 600 };
    const key = await makeKey(admin, { rateLimit, quota: { limit: 7, period: 'day' } });
    expect(await statuses(key, 20)).toEqual({ 200: 5, 429: 15 });
    const refused = await key.get(path);
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(secondsLeft(refused)).toBeGreaterThan(0);
    await admin.patch(`/api/api-keys/${key.id}`, { rateLimit: null });
    expect(await statuses(key, 10)).toEqual({ 200: 2, 429: 8 });
  });
});
