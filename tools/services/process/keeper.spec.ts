import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Keeper, type KeeperSpec } from './keeper.js';
import { readRecords } from './records.js';
import { identityOf } from './identity.js';
import { waitUntil } from './wait.js';

let folder: string;
let lines: string[];
let kept: Keeper | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-'));
  lines = [];
  kept = null;
});
afterEach(async () => {
  await kept?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A program that writes its pid to a file, which is its answer, and then does as the script says. */
function spec(script: string, more: Partial<KeeperSpec> = {}): KeeperSpec {
  const answer = join(folder, 'answer');
  return {
    child: {
      name: 'program',
      command: '/bin/sh',
      args: ['-c', script.replaceAll('ANSWER', `echo $$ > ${answer}`)],
      env: { PATH: process.env['PATH'] },
      folder,
      cwd: folder,
      user: null,
      stopSignal: 'SIGTERM',
    },
    probe: () => (existsSync(answer) ? Promise.resolve() : Promise.reject(new Error('no answer file'))),
    readyWithinMs: 20_000,
    supervise: true,
    report: (line) => void lines.push(line),
    ...more,
  };
}

const pid = (): number => kept?.processes()[0]?.pid ?? -1;

describe('a kept process', () => {
  it('is started again when it dies, and ended for good by stop()', async () => {
    kept = await Keeper.start(spec('ANSWER; exec sleep 60'));
    const first = pid();
    process.kill(first, 'SIGKILL');
    expect(await waitUntil(() => lines.includes('program is up again'), 20_000)).toBe(true);
    const second = pid();
    expect(second).not.toBe(first);
    expect(lines[0]).toBe('program was ended by SIGKILL; starting it again in 0.25 s');
    await kept.stop();
    expect(identityOf(second)).toBeNull();
    expect(kept.processes()).toEqual([]);
    expect(readRecords(folder)).toEqual([]);
  });

  it('waits longer before each new start', async () => {
    kept = await Keeper.start(spec('ANSWER; sleep 0.05; exit 3'));
    const pauses = (): string[] => lines.flatMap((line) => / in ([\d.]+) s/.exec(line)?.[1] ?? []);
    expect(await waitUntil(() => pauses().length >= 3, 8_000)).toBe(true);
    expect(pauses().slice(0, 3)).toEqual(['0.25', '0.5', '1']);
    expect(lines[0]).toContain('ended with code 3');
  });

  it('is only told of when it is not supervised', async () => {
    kept = await Keeper.start(spec('ANSWER; exec sleep 60', { supervise: false }));
    process.kill(pid(), 'SIGKILL');
    expect(await waitUntil(() => lines.length > 0, 20_000)).toBe(true);
    expect(lines).toEqual(['program was ended by SIGKILL']);
  });

  it('fails with the end of its log when it dies before it answers', async () => {
    const starting = Keeper.start(spec('echo the disk is full >&2; exit 1'));
    await expect(starting).rejects.toThrow(/program ended with code 1.*the disk is full/s);
    expect(readRecords(folder)).toEqual([]);
  });

  it('fails, and is ended, when it does not answer in time', async () => {
    const starting = Keeper.start(
      spec(`echo $$ > ${join(folder, 'pid')}; exec sleep 60`, { readyWithinMs: 300 }),
    );
    await expect(starting).rejects.toThrow(/did not answer within 0.3 s \(no answer file\)/);
    expect(identityOf(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBeNull();
  });

  it('fails when its program does not exist', async () => {
    const { child, ...rest } = spec('');
    await expect(Keeper.start({ ...rest, child: { ...child, command: '/no/such/program' } })).rejects.toThrow(
      /program did not start: .*ENOENT/,
    );
  });

  it('clears the way before every start', async () => {
    let cleared = 0;
    const prepare = (): Promise<void> => {
      cleared += 1;
      return Promise.resolve(writeFileSync(join(folder, 'way'), 'clear'));
    };
    kept = await Keeper.start(spec('test -e way || exit 1; rm way; ANSWER; exec sleep 60', { prepare }));
    process.kill(pid(), 'SIGKILL');
    expect(await waitUntil(() => lines.includes('program is up again'), 20_000)).toBe(true);
    expect(cleared).toBe(2);
  });

  it('can be stopped while it waits to be started again', async () => {
    kept = await Keeper.start(spec('ANSWER; exec sleep 60'));
    process.kill(pid(), 'SIGKILL');
    await waitUntil(() => lines.length > 0, 20_000);
    await kept.stop();
    expect(kept.processes()).toEqual([]);
  });
});
