import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../tools/services/ports.js';
import { waitUntil } from '../../tools/services/process/wait.js';
import { lives, StandInRun } from './support/stand-in-run.js';

describe('the local run', () => {
  let run: StandInRun;
  beforeEach(() => {
    run = new StandInRun();
  });
  afterEach(() => run.remove());

  const environmentOf = async (role: 'api' | 'worker'): Promise<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(Object(await (await fetch(run.url(role, '/environment'))).json())).map(
        ([name, value]) => [name, String(value)],
      ),
    );

  it('starts a program again that dies, and says so', async () => {
    const program = await run.start();
    await program.prints(/Nexus Backend is up/);
    await fetch(run.url('api', '/crash')).catch(() => undefined);
    await program.prints(/The API ended with exit code 4; starting it again in 0\.05 s\./);
    await program.prints(/The API is ready again/);
    process.kill(run.pids('worker').at(-1) ?? 0, 'SIGKILL');
    await program.prints(/The worker was ended by SIGKILL; starting it again/);
    await program.prints(/The worker is ready again/);
    expect(run.pids('api')).toHaveLength(2);
    expect(run.pids('worker')).toHaveLength(2);
  });

  it('goes on for ever once it was ready, with growing pauses up to the longest', async () => {
    const program = await run.start({ timing: { firstPauseMs: 20, lastPauseMs: 80 } });
    await program.prints(/Nexus Backend is up/);
    for (let death = 1; death <= 5; death += 1) {
      process.kill(run.pids('worker').at(-1) ?? 0, 'SIGKILL');
      await waitUntil(() => run.pids('worker').length > death, 10_000);
    }
    await waitUntil(() => program.output.split('starting it again').length > 5, 20_000);
    const pauses = [...program.output.matchAll(/starting it again in ([\d.]+) s/g)].map((match) =>
      Number(match[1]),
    );
    expect(pauses).toEqual([0.02, 0.04, 0.08, 0.08, 0.08]);
    expect(program.alive).toBe(true);
  });

  it('begins with the first pause again after it was well for a while', async () => {
    const program = await run.start({ timing: { firstPauseMs: 20, steadyMs: 0 } });
    await program.prints(/Nexus Backend is up/);
    for (let death = 1; death <= 2; death += 1) {
      process.kill(run.pids('worker').at(-1) ?? 0, 'SIGKILL');
      await waitUntil(() => program.output.split('The worker is ready again').length > death, 10_000);
    }
    expect([...program.output.matchAll(/again in ([\d.]+) s/g)].map((match) => match[1])).toEqual([
      '0.02',
      '0.02',
    ]);
  });

  it('gives up when a program dies three times before it was ever ready, with its last words', async () => {
    const program = await run.start({ worker: 'crash' });
    expect(await program.exited).toBe(1);
    expect(run.pids('worker')).toHaveLength(3);
    expect(program.output).toMatch(
      /The worker ended with exit code 3, the 3rd time before it was ever ready/,
    );
    expect(program.output).toContain("worker can't work like this");
    expect(program.output).toContain('Remedy:');
    expect(run.pids().filter(lives)).toEqual([]);
    expect(run.events().at(-1)).toBe('database stopped');
  });

  it('gives up when a program is not ready in time, and says what it waits for', async () => {
    const program = await run.start({ api: 'never-ready', timing: { readyMs: 1_500 } });
    expect(await program.exited).toBe(1);
    expect(program.output).toMatch(
      /Not ready after 1\.5 s\.\nThe API is not ready: http:\S+\/health\/ready answers 503/,
    );
    expect(program.output).toContain('waiting for something that never comes');
    expect(run.pids().filter(lives)).toEqual([]);
  });

  it('refuses a second start of the same folder and names the first', async () => {
    const first = await run.start();
    await first.prints(/Nexus Backend is up/);
    const url = run.url('api', '');
    const second = await run.start();
    expect(await second.exited).toBe(1);
    expect(second.output.trim()).toBe(`held by ${first.pid} at ${url}`);
    expect(first.alive).toBe(true);
  });

  it('names who has a port that was asked for', async () => {
    const server = createServer().listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const program = await run.start({ env: { PORT: String(port) } });
    expect(await program.exited).toBe(1);
    server.close();
    expect(program.output).toContain(`PORT=${port}, the port of the API, is taken by`);
    expect(program.output).toMatch(new RegExp(`\\(process ${process.pid}\\)`));
    expect(program.output).toContain('Remedy:');
    expect(run.events()).toEqual([]);
  });

  it('takes the next free port, and says so, when nobody asked for one', async () => {
    const server = await holding(3000);
    const program = await run.start({ env: { PORT: '', WORKER_PORT: '' } });
    const [, port] = await program.prints(/Port 3000 is taken by .*: the API gets port (\d+)\./);
    const [, api] = await program.prints(/API +(http:\S+)\/api\n/);
    server.close();
    expect(api).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
  });

  it('gives its programs kept secrets, a strong first password and the services', async () => {
    const first = await run.start();
    await first.prints(/Nexus Backend is up/);
    const before = await environmentOf('api');
    expect(await environmentOf('worker')).toMatchObject({
      MONGODB_URI: 'mongodb://stand-in',
      NODE_ENV: 'development',
    });
    expect(before['ADMIN_EMAIL']).toBe('admin@nexus.local');
    expect(before['ADMIN_PASSWORD']).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[@%+=.,:-]).{16,}$/);
    expect(first.output).toContain(`admin@nexus.local  ${before['ADMIN_PASSWORD']}`);
    const keys: unknown = JSON.parse(before['JWT_PRIVATE_KEYS'] ?? '');
    expect(keys).toEqual([
      expect.objectContaining({ kty: 'OKP', crv: 'Ed25519', d: expect.any(String), kid: expect.any(String) }),
    ]);
    expect(statSync(join(run.folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    first.signal('SIGTERM');
    await first.exited;
    const second = await run.start();
    await second.prints(/Nexus Backend is up/);
    const after = await environmentOf('api');
    for (const name of [
      'ADMIN_PASSWORD',
      'JWT_PRIVATE_KEYS',
      'REFRESH_SECRETS',
      'CSRF_SECRET',
      'CURSOR_SECRET',
      'API_KEY_PEPPERS',
    ])
      expect(after[name]).toBe(before[name]);
  });

  it('lets the user choose the first administrator and does not print a chosen password', async () => {
    const env = { ADMIN_EMAIL: 'me@example.org', ADMIN_PASSWORD: 'Chosen-by-me-42' };
    const program = await run.start({ env });
    await program.prints(/Nexus Backend is up/);
    expect(await environmentOf('api')).toMatchObject(env);
    expect(program.output).toContain('me@example.org');
    expect(program.output).not.toContain('Chosen-by-me-42');
  });

  it('shows what the programs write once they are up, and keeps it in a file', async () => {
    const program = await run.start();
    await program.prints(/Nexus Backend is up/);
    await fetch(run.url('api', '/say'));
    await program.prints(/^\{"level":30,"msg":"a request was served"\}$/m);
    expect(existsSync(join(run.folder, 'logs/worker.log'))).toBe(true);
    expect(readFileSync(join(run.folder, 'logs/api.log'), 'utf8')).toContain('a request was served');
  });

  it('ends with an error when the kept secrets are spoilt, and names the file', async () => {
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(run.folder, 'secrets.json'), '{"JWT_');
    const program = await run.start();
    expect(await program.exited).toBe(1);
    expect(program.output).toContain(
      `${join(run.folder, 'secrets.json')} is not the JSON that this command wrote.\nRemedy:`,
    );
  });
});

/**
 * Has the port, unless a stranger keeps it for good: a program of another test that only looks whether it is free has it
 * for a moment.
 */
async function holding(port: number): Promise<Server> {
  const server = createServer();
  for (let tries = 0; tries < 200; tries++) {
    server.listen(port, '127.0.0.1');
    const isOurs = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isOurs) break;
    await sleep(50);
  }
  return server;
}
