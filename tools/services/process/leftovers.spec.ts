import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from './identity.js';
import { endLeftovers } from './leftovers.js';
import { readRecords, writeRecord } from './records.js';

let folder: string;
let started: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
  started = [];
});
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const DEAD_OWNER = { pid: 2 ** 22 - 1, identity: 'of an earlier boot/1' };
const silent = (): void => undefined;

function sleeper(): { pid: number; identity: string } {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  started.push(child);
  const pid = child.pid ?? -1;
  return { pid, identity: identityOf(pid) ?? '' };
}

function record(process: { pid: number; identity: string }, owner = DEAD_OWNER): void {
  writeRecord(folder, { name: `p${process.pid}`, stopSignal: 'SIGTERM', owner, ...process });
}

describe('what an earlier run left behind', () => {
  it('is ended and forgotten', async () => {
    const ours = sleeper();
    record(ours);
    const lines: string[] = [];
    await endLeftovers(folder, (line) => void lines.push(line));
    expect(identityOf(ours.pid)).toBeNull();
    expect(readRecords(folder)).toEqual([]);
    expect(lines).toHaveLength(1);
  });

  it('is spared when its pid belongs to another program by now', async () => {
    const stranger = sleeper();
    record({ pid: stranger.pid, identity: `${stranger.identity}0` });
    await endLeftovers(folder, silent);
    expect(identityOf(stranger.pid)).toBe(stranger.identity);
    expect(readRecords(folder)).toEqual([]);
  });

  it('is not touched while the run that owns it lives', async () => {
    const [owner, service] = [sleeper(), sleeper()];
    record(service, owner);
    await expect(endLeftovers(folder, silent)).rejects.toThrow(`Another run (process ${owner.pid})`);
    expect(identityOf(service.pid)).toBe(service.identity);
    expect(readRecords(folder)).toHaveLength(1);
  });

  it('may be nothing, or files that are no records', async () => {
    await endLeftovers(folder, silent);
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', 'half.pid.json'), '{"name":"half","pid":1');
    writeFileSync(join(folder, 'run', 'odd.pid.json'), '{"pid":1,"identity":"x"}');
    await endLeftovers(folder, silent);
    expect(readRecords(folder)).toEqual([]);
  });
});
