import { createHistogram } from 'node:perf_hooks';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pollComment } from '../../src/infrastructure/mongo/signals/signals.repository.js';
import { ApiKeyAuthentication } from '../../src/modules/api-keys/api-key-authentication.js';
import { isolatedSettings, startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';
import { makeKey, withKey } from './keys.js';

const settings = isolatedSettings();
/** Refused by the route's own rules: after the guards, which needs users:read, and before any read of its own. */
const guarded = '/api/users?limit=0';

describe('a key that is remembered', () => {
  let api: RunningApi;
  let admin: Client;
  const commands: string[] = [];

  beforeAll(async () => {
    const uri = new URL(settings['MONGODB_URI'] ?? '');
    uri.searchParams.set('monitorCommands', 'true');
    api = await startApi({ ...settings, MONGODB_URI: uri.href });
    const connection: Connection = api.app.get(getConnectionToken(), { strict: false });
    connection.getClient().on('commandStarted', ({ command }) => {
      const text = JSON.stringify(command);
      if (!text.includes(pollComment)) commands.push(text);
    });
    admin = await api.asAdministrator();
  });
  afterAll(() => api?.close());

  const aboutKeys = () => commands.filter((text) => /apiKeys|"users"|"roles"|"permissions"/.test(text));

  it('costs no read, and neither does one whose checksum is wrong', async () => {
    const { key, get } = await makeKey(admin, { permissions: ['users:read'] });
    commands.length = 0;
    const mistyped = `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`;
    expect((await withKey(api.url, mistyped)('GET', guarded)).status).toBe(401);
    expect(aboutKeys()).toEqual([]);
    expect((await get(guarded)).status).toBe(400);
    const cold = aboutKeys().length;
    expect(cold).toBeGreaterThan(0);
    commands.length = 0;
    for (let wave = 0; wave < 10; wave += 1) {
      const replies = await Promise.all(Array.from({ length: 20 }, () => get(guarded)));
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([400]));
    }
    // Counting its use is not reading: it is written every few seconds, whoever asks.
    const reads = aboutKeys().filter((text) => !/^\{"(update|findAndModify)"/.test(text));
    expect(reads).toEqual([]);
    console.log(`[api-keys] 200 warm requests: 0 reads for them; the first one took ${cold} commands`);
  });

  it('adds at most 1 ms to a request at the 99th percentile', async () => {
    const { key, get } = await makeKey(admin, { allowedIps: ['10.0.0.0/8', '127.0.0.1', '2001:db8::/32'] });
    await get('/api/users/me');
    const keys = api.app.get(ApiKeyAuthentication, { strict: false });
    const ask = (): void => {
      if (keys.principalOf(key, '127.0.0.1') instanceof Promise) throw new Error('the key is not remembered');
    };
    for (let i = 0; i < 5_000; i += 1) ask();
    const times = createHistogram();
    for (let i = 0; i < 20_000; i += 1) {
      const start = process.hrtime.bigint();
      ask();
      times.record(Math.max(1, Number(process.hrtime.bigint() - start)));
    }
    const microseconds = (percentile: number) => (times.percentile(percentile) / 1_000).toFixed(1);
    console.log(`[api-keys] warm verification: median ${microseconds(50)} us, p99 ${microseconds(99)} us`);
    expect(times.percentile(99)).toBeLessThan(1_000_000);
  });
});
