import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChildLog } from './child-log.js';
import { KeptChild } from './kept-child.js';
import { defaultTiming } from './timing.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nexus-child-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('is stopped at once when it has just ended by itself, and something that it left behind holds its output', async () => {
  const log = new ChildLog(join(folder, 'child.log'), '', {
    live: false,
    write: () => undefined,
    line: () => undefined,
    step: () => ({ update: () => undefined, done: () => undefined }),
  });
  const plan = {
    name: 'child',
    title: 'The child',
    command: ['sh', '-c', 'echo $$; sleep 2 & exit 1'] as const,
    cwd: folder,
    environment: async () => process.env,
    readyUrl: () => 'http://127.0.0.1:9/',
  };
  const child = new KeptChild(plan, log, folder, defaultTiming, () => undefined);
  child.start();
  while (log.lastLines(1).length === 0) await pause(5);
  const pid = Number(log.lastLines(1)[0]);
  while (isAlive(pid)) await pause(5);
  await expect(child.stop(new AbortController().signal)).resolves.toBeUndefined();
});
