import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServiceChild } from './child.js';
import { identityOf, ownIdentity } from './identity.js';
import { readRecords } from './records.js';
import { waitUntil } from './wait.js';

let folder: string;
let child: ServiceChild | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'child-'));
  child = null;
});
afterEach(async () => {
  await child?.stop(0);
  rmSync(folder, { recursive: true, force: true });
});

async function run(script: string): Promise<ServiceChild> {
  const env = { PATH: process.env['PATH'] };
  const place = { folder, cwd: folder, user: null, stopSignal: 'SIGTERM' as const };
  child = await ServiceChild.start({
    name: 'program',
    command: '/bin/sh',
    args: ['-c', script],
    env,
    ...place,
  });
  return child;
}

describe('a service process', () => {
  it('is recorded with its own identity and that of the run that owns it', async () => {
    const { pid } = await run('exec sleep 60');
    const owner = ownIdentity();
    expect(readRecords(folder)).toEqual([
      { name: 'program', pid, identity: identityOf(pid), stopSignal: 'SIGTERM', owner },
    ]);
  });

  it('is ended by SIGKILL when it does not end by itself in time', async () => {
    const stubborn = await run('trap "" TERM; echo ready; while :; do sleep 0.05; done');
    await waitUntil(() => stubborn.lastWords() === 'ready', 20_000);
    const began = Date.now();
    await stubborn.stop(200);
    expect(await stubborn.exited).toBe('was ended by SIGKILL');
    expect(Date.now() - began).toBeLessThan(8_000);
  });

  it('is in a process group of its own, so that Ctrl-C in the terminal does not reach it', async () => {
    const { pid } = await run('exec sleep 60');
    expect(() => process.kill(-pid, 0)).not.toThrow();
  });

  it('puts aside a log that has grown too long, and tells its own last lines only', async () => {
    const log = join(folder, 'logs', 'program.log');
    mkdirSync(join(folder, 'logs'));
    writeFileSync(log, '');
    truncateSync(log, 10_000_000);
    const first = await run('echo one');
    await first.exited;
    expect(statSync(`${log}.1`).size).toBe(10_000_000);
    expect(first.lastWords()).toBe('one');
    const second = await run('echo two; echo three');
    await second.exited;
    expect(second.lastWords()).toBe('two\nthree');
  });
});
