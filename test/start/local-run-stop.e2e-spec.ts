import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../tools/services/process/wait.js';
import { lives, StandInRun } from './support/stand-in-run.js';

describe('stopping the local run', () => {
  let run: StandInRun;
  beforeEach(() => {
    run = new StandInRun();
  });
  afterEach(() => run.remove());

  const told = (role: string) =>
    run.events().some((event) => event.startsWith(role) && event.endsWith('was told to stop'));

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'drains on %s: programs first, then services',
    async (signal) => {
      const program = await run.start();
      await program.prints(/Nexus Backend is up/);
      program.signal(signal);
      expect(await program.exited).toBe(0);
      const order = run
        .events()
        .slice(-5)
        .map((event) => event.replace(/ \d+/, ''));
      expect(order.slice(0, 2).sort()).toEqual(['api was told to stop', 'worker was told to stop']);
      expect(order.slice(2, 4).sort()).toEqual(['api finished', 'worker finished']);
      expect(order[4]).toBe('database stopped');
      expect(run.pids().filter(lives)).toEqual([]);
    },
  );

  it('takes the two SIGINT of one Ctrl-C, from the terminal and from npm, for one', async () => {
    const program = await run.start();
    await program.prints(/Nexus Backend is up/);
    program.signal('SIGINT');
    await waitUntil(() => told('api'), 20_000);
    program.signal('SIGINT');
    expect(await program.exited).toBe(0);
    expect(run.events().filter((event) => event.endsWith('finished'))).toHaveLength(2);
  });

  it('kills programs that do not finish on the second Ctrl-C, and still stops the services', async () => {
    const program = await run.start({ api: 'deaf', worker: 'deaf' });
    await program.prints(/Nexus Backend is up/);
    program.signal('SIGINT');
    await waitUntil(() => told('api') && told('worker'), 20_000);
    const second = Date.now();
    // Signals that come too close together count as one press: press until it is understood, as a person would.
    const pressing = setInterval(() => program.signal('SIGINT'), 100);
    expect(await program.exited).toBe(0);
    clearInterval(pressing);
    // Without the second they would have 30 s.
    expect(Date.now() - second).toBeLessThan(20_000);
    expect(run.events().at(-1)).toBe('database stopped');
    expect(run.pids().filter(lives)).toEqual([]);
  });

  it('kills programs that do not finish within the grace', async () => {
    const program = await run.start({ worker: 'deaf', timing: { graceMs: 500 } });
    await program.prints(/Nexus Backend is up/);
    program.signal('SIGTERM');
    expect(await program.exited).toBe(0);
    expect(run.events().at(-1)).toBe('database stopped');
    expect(run.pids().filter(lives)).toEqual([]);
  });

  it('drains by itself when the npm that started it was killed', async () => {
    const program = await run.start();
    await program.prints(/Nexus Backend is up/);
    writeFileSync(join(run.folder, 'orphaned'), '');
    expect(await program.exited).toBe(0);
    expect(run.events().at(-1)).toBe('database stopped');
    expect(run.pids().filter(lives)).toEqual([]);
  });

  it('stops in the middle of a start', async () => {
    const program = await run.start({ api: 'never-ready' });
    await waitUntil(() => run.pids().length === 2, 10_000);
    program.signal('SIGINT');
    expect(await program.exited).toBe(0);
    expect(program.output).not.toContain('Nexus Backend is up');
    expect(run.pids().filter(lives)).toEqual([]);
    expect(run.events().at(-1)).toBe('database stopped');
  });

  it('ends what a killed run left, on the next start', async () => {
    const first = await run.start();
    await first.prints(/Nexus Backend is up/);
    const left = run.pids();
    first.signal('SIGKILL');
    await first.exited;
    expect(left.filter(lives)).toEqual(left);
    const second = await run.start();
    await second.prints(/Nexus Backend is up/);
    expect(left.filter(lives)).toEqual([]);
    second.signal('SIGINT');
    expect(await second.exited).toBe(0);
    expect(run.pids().filter(lives)).toEqual([]);
  });

  it('leaves a process alone that got the id of one that an earlier run had', async () => {
    const { writeRecord } = await import('../../tools/services/process/records.js');
    const stranger = { pid: process.pid, identity: 'of another time' };
    writeRecord(`${run.folder}/app`, {
      name: 'api',
      ...stranger,
      stopSignal: 'SIGTERM',
      owner: { pid: 1, identity: 'gone' },
    });
    let asked = false;
    const listen = (): void => void (asked = true);
    process.on('SIGTERM', listen);
    const program = await run.start();
    await program.prints(/Nexus Backend is up/);
    process.off('SIGTERM', listen);
    expect(asked).toBe(false);
  });
});
