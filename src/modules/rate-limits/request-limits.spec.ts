import { expect, it } from 'vitest';
import { apiKeyIds, sessionIds, userIds } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { limitsConfig } from '../../config/limits.config.js';
import type { Rate } from '../../config/rate-limit.js';
import { Limiter } from './limiter.js';
import { Metrics } from '../../infrastructure/telemetry/metrics.js';
import { LimitRefusals } from './limit-refusals.js';
import { RequestLimits } from './request-limits.js';

const userId = userIds.parse('665f1c2e9b1e8a0012345678');
const keyId = apiKeyIds.parse('665f1c2e9b1e8a001234567a');
const sessionId = sessionIds.parse('665f1c2e9b1e8a0012345679');
const user: Principal = { kind: 'user', userId, sessionId, permissions: new Set() };
const key: Principal = { kind: 'apiKey', userId, keyId, permissions: new Set() };

async function countedFor(principal: Principal): Promise<{ asked: unknown[]; headers: string[] }> {
  const asked: unknown[] = [];
  const windows = {
    take: async (name: string, { limit, window }: Rate) => {
      asked.push(name, limit, window);
      return { granted: 1, left: limit - 1, lasts: window };
    },
  };
  const headers: string[] = [];
  const target = { header: (name: string, value: string) => headers.push(`${name}: ${value}`) };
  const settings = { ...limitsConfig(), principal: { limit: 1_000, window: 900_000 } };
  await new RequestLimits(new Limiter(windows), new LimitRefusals(new Metrics()), settings).byPrincipal(
    principal,
    target,
  );
  return { asked, headers };
}

it('counts a user by their id, whatever the session', async () => {
  const { asked, headers } = await countedFor(user);
  expect(asked).toEqual([`user:${userId}`, 1_000, 900_000]);
  expect(headers).toEqual([
    'RateLimit-Policy: "principal";q=1000;w=900',
    'RateLimit: "principal";r=999;t=900',
  ]);
});

it('counts a key by itself, in the common limit or in its own', async () => {
  expect((await countedFor(key)).asked).toEqual([`key:${keyId}`, 1_000, 900_000]);
  const own = await countedFor({ ...key, rateLimit: { limit: 7, windowSeconds: 60 } });
  expect(own.asked).toEqual([`key:${keyId}`, 7, 60_000]);
  expect(own.headers[0]).toBe('RateLimit-Policy: "principal";q=7;w=60');
});
