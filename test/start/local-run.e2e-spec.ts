import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOnPath } from '../../tools/services/path-search.js';
import { waitUntil } from '../../tools/services/process/wait.js';
import { listeningAddresses, processTree } from './support/process-tree.js';
import { call, logIn, RealRun, type Up } from './support/real-run.js';
import { lives } from './support/stand-in-run.js';

const LOOPBACK = /^(0100007F|00000000000000000000000001000000|0000000000000000FFFF00000100007F):/;
const onLinux = process.platform === 'linux';

describe('npm start, with real services', { timeout: 240_000 }, () => {
  let run: RealRun;
  let first: Up;
  let up: Up;
  /** Milliseconds of each start over services and data that are there. */
  const startedAgain: number[] = [];
  beforeAll(async () => {
    run = new RealRun();
    first = up = await run.start();
  }, 240_000);
  afterAll(() => run.remove());

  const invite = async (email: string): Promise<number> =>
    (await call(`${up.api}/api/users`, { token: await logIn(up), body: { email, name: 'Somebody' } })).status;
  const emails = async (): Promise<string[]> => {
    const { answer } = await call(`${up.api}/api/users?limit=100`, { token: await logIn(up) });
    return Array.isArray(answer.data) ? answer.data.map((user) => String(Object(user).email)) : [];
  };
  const stop = async (): Promise<void> => {
    const processes = onLinux ? processTree(up.program.pid) : [];
    up.program.signal('SIGINT');
    expect(await up.program.exited).toBe(0);
    expect(processes.filter(lives)).toEqual([]);
  };

  it('logs in with the printed credentials, creates a user and sends the invitation', async () => {
    expect(await invite('first@example.org')).toBe(201);
    await waitUntil(() => run.mailsTo('first@example.org').length > 0, 15_000);
    expect(run.mailsTo('first@example.org')).toHaveLength(1);
    expect(await emails()).toEqual(expect.arrayContaining([up.email, 'first@example.org']));
  });

  it.runIf(findOnPath('curl', process.env['PATH']))('prints a command to try that works', () => {
    const answer: unknown = JSON.parse(execFileSync('sh', ['-c', up.command], { encoding: 'utf8' }));
    expect(answer).toMatchObject({ statusCode: 200, success: true, data: expect.any(Array) });
  });

  it.runIf(onLinux)('listens on loopback only', () => {
    const addresses = listeningAddresses(processTree(up.program.pid));
    expect(addresses.length).toBeGreaterThanOrEqual(2);
    expect(addresses.filter((address) => !LOOPBACK.test(address))).toEqual([]);
  });

  it('drains on Ctrl-C, and is up again within seconds, with its data and its administrator', async () => {
    await stop();
    up = await run.start();
    expect(up.password).toBe(first.password);
    startedAgain.push(up.startedInMs);
    expect(await emails()).toContain('first@example.org');
  });

  it('ends what a killed run left, and has lost nothing that it had answered', async () => {
    expect(await invite('second@example.org')).toBe(201);
    const left = onLinux ? processTree(up.program.pid) : [];
    up.program.signal('SIGKILL');
    await up.program.exited;
    up = await run.start();
    startedAgain.push(up.startedInMs);
    // The better of both, as another's load only adds.
    expect(Math.min(...startedAgain)).toBeLessThan(30_000);
    expect(left.filter(lives)).toEqual([]);
    expect(await emails()).toEqual(expect.arrayContaining(['first@example.org', 'second@example.org']));
    await waitUntil(() => run.mailsTo('second@example.org').length > 0, 90_000);
    expect(run.mailsTo('second@example.org')).toHaveLength(1);
    await stop();
  });
});
