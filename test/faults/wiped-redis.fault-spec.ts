import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type RunningService } from '../../tools/services/index.js';
import { waitUntil } from '../../tools/services/process/wait.js';
import { call, logIn, RealRun, type Up } from '../start/support/real-run.js';
import { outcomeOf } from './mails.js';

const users = 500;
let redis: RunningService;
let run: RealRun;
let up: Up;

beforeAll(async () => {
  run = new RealRun();
  // A server of this test's own: FLUSHALL spares nobody.
  const { REDIS_URL: _, ...env } = process.env;
  const folder = join(run.folder, 'redis');
  redis = await startRedis({ folder, durable: true, supervise: true, env, report: () => undefined });
  up = await run.start({ REDIS_URL: redis.uri });
});
afterAll(async () => {
  await run?.remove();
  await redis?.stop();
});

it('sends every invitation once though Redis is wiped while users are created', async () => {
  const began = Date.now();
  const token = await logIn(up);
  const client = new Redis(redis.uri);
  const emails = Array.from({ length: users }, (_, index) => `user${index}@wiped.example`);
  const waiting = [...emails];
  let wipes = 0;

  const create = async (): Promise<void> => {
    for (let email = waiting.shift(); email !== undefined; email = waiting.shift()) {
      const { status } = await call(`${up.api}/api/users`, { token, body: { email, name: 'Wiped' } });
      expect(status).toBe(201);
      if (waiting.length % 100 === 50) {
        await client.flushall();
        wipes++;
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, create));
  client.disconnect();

  const mails = join(run.folder, 'mail');
  await waitUntil(() => outcomeOf(emails, mails).lost === 0, 90_000, 200);
  const outcome = outcomeOf(emails, mails);
  console.log({ ...outcome, wipes, seconds: (Date.now() - began) / 1_000 });
  expect(wipes).toBeGreaterThanOrEqual(5);
  expect(outcome).toEqual({ accepted: users, effects: users, lost: 0, duplicates: 0 });
});
