import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';
import { Program } from '../support/program.js';
import { until, useIsolatedSettings } from './support.js';

const worker = 'dist/worker.js';

describe('workers are killed, every invitation comes exactly once', { timeout: 90_000 }, () => {
  let api: RunningApi;
  let administrator: Client;
  let settings: Record<string, string>;
  let mails: string;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nexus-kill-'));
    mails = join(folder, 'mail');
    settings = useIsolatedSettings({
      LOG_LEVEL: 'info',
      JOB_LOCK_DURATION: '1s',
      MAIL_FOLDER: mails,
      KILLED_FLAG: join(folder, 'killed'),
    });
    api = await startApi({ ...settings, LOG_LEVEL: 'fatal' });
    administrator = await api.asAdministrator();
  });

  afterAll(async () => {
    await api.close();
  });

  async function invite(name: string, count: number): Promise<string[]> {
    const addresses = Array.from({ length: count }, (_, index) => `${name}-${index}@example.com`);
    for (const email of addresses) {
      const reply = await administrator.post('/api/users', { email, name });
      expect(reply.status).toBe(201);
    }
    return addresses;
  }

  function mailFiles(): string[] {
    return existsSync(mails) ? readdirSync(mails).filter((file) => file.endsWith('.eml')) : [];
  }

  /** The addresses that mails of this name went to, sorted. */
  function recipients(name: string): string[] {
    const addresses = mailFiles().map(
      (file) =>
        /^To: .*?<?([^\s<>]+@example\.com)>?\r?$/m.exec(readFileSync(join(mails, file), 'utf8'))?.[1] ?? '',
    );
    return addresses.filter((address) => address.startsWith(`${name}-`)).sort();
  }

  function print(title: string, addresses: readonly string[], since: number): void {
    const mailed = recipients(addresses[0]?.split('-')[0] ?? '');
    const effects = new Set(mailed).size;
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    const figures = { accepted: addresses.length, effects, duplicates: mailed.length - effects, seconds };
    console.log(`${title}: ${JSON.stringify(figures)}`);
  }

  function jobs(state: string): Promise<number> {
    const connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
    return connection.collection('jobs').countDocuments({ state });
  }

  it('between the mail and its acknowledgement', async () => {
    const began = performance.now();
    const addresses = await invite('effect', 3);
    // One at a time: beside it no other dies between its token and its mail, which would leave a token of its own.
    await using killed = new Program('test/jobs/killed-worker.mjs', { ...settings, WORKER_CONCURRENCY: '1' });
    expect(await killed.exit()).toBe('SIGKILL');
    expect(recipients('effect').length).toBeGreaterThan(0);
    expect(await jobs('done')).toBeLessThan(3);

    await using _next = new Program(worker, settings);
    await until('all jobs are done', async () => (await jobs('done')) === 3, 40_000);
    print('killed between the mail and its acknowledgement', addresses, began);
    expect(recipients('effect')).toEqual(addresses.toSorted());
    const connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
    // The token in the mail is the only one: none was made for the attempt that found the mail sent.
    expect(await connection.collection('oneTimeTokens').countDocuments()).toBe(3);
  });

  it('again and again under load', async () => {
    const began = performance.now();
    const addresses = await invite('load', 40);
    for (const share of [5, 20]) {
      await using victim = new Program(worker, settings);
      await until(`${share} mails are out`, () => recipients('load').length >= share, 40_000);
      expect(await victim.end('SIGKILL')).toBe('SIGKILL');
    }
    await using _last = new Program(worker, settings);
    await until('all jobs are done', async () => (await jobs('done')) === 43, 40_000);
    print('workers killed while they mail', addresses, began);
    expect(recipients('load')).toEqual(addresses.toSorted());
    expect(await jobs('dead')).toBe(0);
  });

  it('but a worker that is asked to end finishes what it runs', async () => {
    await using polite = new Program(worker, settings);
    await polite.line(({ message }) => String(message) === 'taking jobs');
    const addresses = await invite('polite', 5);
    await until('the first mail is out', () => recipients('polite').length > 0);
    const start = performance.now();
    expect(await polite.end('SIGTERM')).toBe(0);
    expect(performance.now() - start).toBeLessThan(30_000);
    const sent = recipients('polite');
    expect(await jobs('done')).toBe(43 + sent.length);

    await using _last = new Program(worker, settings);
    await until('all jobs are done', async () => (await jobs('done')) === 48, 40_000);
    print('a worker asked to end while it mails', addresses, start);
    expect(recipients('polite')).toEqual(addresses.toSorted());
  });
});
