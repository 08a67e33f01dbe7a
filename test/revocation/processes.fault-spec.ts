import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type RunningService } from '../../tools/services/index.js';
import { untilStatus } from '../health/proxied.js';
import { administrator, isolatedSettings } from '../support/app.js';
import { Client } from '../support/client.js';
import { Program } from '../support/program.js';
import { spread, type Spread } from './spread.js';

const password = 'Correct-Horse-7-Battery';
/** Refused by the route's own rules: after the guards, which needs users:read, and before any read of its own. */
const guarded = '/api/users?limit=0';

/** For a machine that has other work: milliseconds for a start, and for each test. */
const patience = 60_000;

interface Change {
  /** On the scale of performance.now(); Infinity until it is answered. */
  doneAt: number;
}

interface Process {
  readonly program: Program;
  readonly url: string;
}

/** In order: each step leaves the processes as the next one needs them. */
describe.sequential('what is revoked on one of three processes', { timeout: 2 * patience }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-revocation-'));
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const settings: Record<string, string> = {
    ...isolatedSettings(),
    LOG_LEVEL: 'info',
    JWT_PRIVATE_KEYS: JSON.stringify([{ ...key, kid: 'shared' }]),
  };
  let redis: RunningService;
  let a: Process;
  let others: Process[];
  let admin: Client;
  let roleId: string;
  let userId: string;
  const person = { email: 'person@nexus.test', password };
  /** Tokens of sessions that were ended: nothing may bring them back. */
  const ended: string[] = [];

  async function start(more: Record<string, string> = {}): Promise<Process> {
    const program = new Program('dist/main.js', { ...settings, ...more });
    const line = await program.line(({ message }) => String(message) === 'listening', patience);
    const url = String(line.url);
    await untilStatus(url, '/health/ready', 200, patience);
    return { program, url };
  }

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    // A server of this test's own: it is wiped and stopped.
    const { REDIS_URL: _, ...env } = process.env;
    redis = await startRedis({ folder, durable: false, supervise: true, env, report: () => undefined });
    settings['REDIS_URL'] = redis.uri;
    a = await start();
    settings['MONGODB_AUTO_INDEX'] = 'false';
    others = await Promise.all([start(), start()]);

    admin = await new Client(a.url).login(administrator);
    const role = await admin.post('/api/roles', { name: 'watcher', permissions: ['users:read'] });
    roleId = String(role.body.data?.id);
    const user = await admin.post('/api/users', { ...person, name: 'Person', roles: ['watcher'] });
    expect(user.status).toBe(201);
    userId = String(user.body.data?.id);
  }, 3 * patience);
  afterAll(async () => {
    for (const { program } of [a, ...(others ?? [])]) await program?.[Symbol.asyncDispose]();
    await redis?.stop();
    const client = await MongoClient.connect(settings['MONGODB_URI'] ?? '');
    await client.db().dropDatabase();
    await client.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const onOthers = (token: string): Client[] => others.map(({ url }) => new Client(url, token));

  /** A token that every process knows and takes. */
  async function warmToken(): Promise<string> {
    const reply = await new Client(a.url).post('/api/auth/login', person);
    const token = String(reply.body.data?.accessToken);
    for (const client of onOthers(token)) expect((await client.get(guarded)).status).toBe(400);
    return token;
  }

  /** When the last request was sent that was not answered with the status yet. */
  async function lastBefore(client: Client, status: number, change: Change): Promise<number> {
    for (let last = Number.NEGATIVE_INFINITY; ;) {
      const sentAt = performance.now();
      const reply = await client.get(guarded);
      if (reply.status === status) return last;
      last = sentAt;
      if (sentAt > change.doneAt + 10_000) throw new Error(`still ${reply.status}: ${reply.text}`);
      await sleep(5);
    }
  }

  /**
   * Makes the change on A while the others are asked without a pause.
   * @returns how long after its answer they still went by what was before, in milliseconds; 0 when they did not.
   */
  async function delaysOf(change: () => Promise<{ status: number }>, token: string, status: number) {
    const progress: Change = { doneAt: Infinity };
    const asking = onOthers(token).map((client) => lastBefore(client, status, progress));
    // Handled here already: the change is awaited first.
    const last = Promise.all(asking);
    last.catch(() => undefined);
    expect((await change()).status).toBe(200);
    progress.doneAt = performance.now();
    return (await last).map((time) => Math.max(0, time - progress.doneAt));
  }

  const logout = (token: string) => () => new Client(a.url, token).post('/api/auth/logout');

  function tell(what: string, figures: Spread): void {
    const { count, median, p99, worst } = figures;
    console.log(`[revocation] ${what}: n=${count} median=${median} p99=${p99} worst=${worst} ms`);
  }

  it('a logout is refused by the others within a second', async () => {
    const measured: number[] = [];
    for (let round = 0; round < 40; round++) {
      const token = await warmToken();
      measured.push(...(await delaysOf(logout(token), token, 401)));
      ended.push(token);
    }
    const figures = spread(measured);
    tell('logout', figures);
    expect(figures.p99).toBeLessThanOrEqual(1_000);
  });

  it('a suspension is', async () => {
    const measured: number[] = [];
    for (let round = 0; round < 10; round++) {
      const token = await warmToken();
      measured.push(...(await delaysOf(() => admin.post(`/api/users/${userId}/suspend`), token, 401)));
      expect((await admin.post(`/api/users/${userId}/activate`)).status).toBe(200);
      ended.push(token);
    }
    const figures = spread(measured);
    tell('suspension', figures);
    expect(figures.p99).toBeLessThanOrEqual(1_000);
  });

  it('a permission that a role has lost is', async () => {
    const token = await warmToken();
    const measured: number[] = [];
    const change = (permissions: string[]) => () => admin.patch(`/api/roles/${roleId}`, { permissions });
    for (let round = 0; round < 10; round++) {
      measured.push(...(await delaysOf(change([]), token, 403)));
      measured.push(...(await delaysOf(change(['users:read']), token, 400)));
    }
    const figures = spread(measured);
    tell('role change', figures);
    expect(figures.p99).toBeLessThanOrEqual(1_000);
  });

  async function statusesOfEnded(processes: Process[]): Promise<Set<number>> {
    const clients = processes.flatMap(({ url }) => ended.map((token) => new Client(url, token)));
    return new Set(await Promise.all(clients.map(async (client) => (await client.get(guarded)).status)));
  }

  it('stays revoked when Redis is wiped, and in a process that is killed and started again', async () => {
    const client = new Redis(redis.uri);
    await client.flushall();
    client.disconnect();
    const [first] = others;
    await first?.program.end('SIGKILL');
    others[0] = await start();
    expect(await statusesOfEnded([a, ...others])).toEqual(new Set([401]));
  });

  it('without Redis, is refused by the others within three seconds', async () => {
    const tokens: string[] = [];
    for (let count = 0; count < 20; count++) tokens.push(await warmToken());
    await redis.stop();
    const measured = await Promise.all(
      tokens.map(async (token, index) => {
        // Spread over the time between two polls.
        await sleep(index * 75);
        return delaysOf(logout(token), token, 401);
      }),
    );
    const figures = spread(measured.flat());
    tell('logout with Redis stopped', figures);
    expect(figures.p99).toBeLessThanOrEqual(3_000);
    ended.push(...tokens);

    const client = await new Client(a.url).login(person);
    expect((await client.get(guarded)).status).toBe(400);
    const [first] = others;
    await first?.program.end('SIGKILL');
    others[0] = await start();
    expect(await statusesOfEnded([a, ...others])).toEqual(new Set([401]));
  });
});
