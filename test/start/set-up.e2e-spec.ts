import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from '../../tools/services/process/identity.js';
import { waitUntil } from '../../tools/services/process/wait.js';
import { Checkout } from './support/checkout.js';
import { StartedProgram } from './support/started-program.js';

const COMPILED = ['nest', 'tsc'];

describe('the commands of a fresh checkout', () => {
  let checkout: Checkout;
  beforeEach(() => {
    checkout = new Checkout();
  });
  afterEach(() => checkout.destroy());

  it('installs and builds once, then only what changed', async () => {
    const first = await checkout.result(['start']);
    expect(first).toMatchObject({
      code: 7,
      output: expect.stringMatching(/Dependencies: .*\nBuild: compiled .*\nstarted/),
    });
    expect(checkout.calls()).toEqual(COMPILED);

    const second = await checkout.result(['start']);
    expect(second.output).toMatch(/^started /);
    expect(checkout.calls()).toEqual([]);

    checkout.write('src/new.ts', '');
    await checkout.result(['start']);
    expect(checkout.calls()).toEqual(COMPILED);

    checkout.remove('dist/main.js');
    await checkout.result(['start']);
    expect(checkout.calls()).toEqual(COMPILED);
    expect(existsSync(join(checkout.root, 'dist/main.js'))).toBe(true);
  });

  it('installs again when the lock changed or a package is missing, and never leaves out what the build needs', async () => {
    const production = { NODE_ENV: 'production' };
    expect((await checkout.result(['start'], production)).code).toBe(7);
    checkout.remove('node_modules/typescript');
    expect((await checkout.result(['start'], production)).output).toMatch(
      /^Dependencies: .* packages installed/,
    );
    checkout.write('fake/more/index.js', '');
    checkout.dependencies({
      typescript: 'fake/typescript',
      '@nestjs/cli': 'fake/cli',
      vitest: 'fake/vitest',
      more: 'fake/more',
    });
    expect((await checkout.result(['start'], production)).output).toMatch(
      /^Dependencies: .* packages installed/,
    );
    expect(existsSync(join(checkout.root, 'node_modules/more'))).toBe(true);
  });

  it('shows what npm says when it fails, and a remedy', async () => {
    checkout.write(
      'package-lock.json',
      JSON.stringify({ lockfileVersion: 3, packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }),
    );
    const { code, output } = await checkout.result(['start']);
    expect(code).toBe(1);
    expect(output).toMatch(/npm error[\s\S]*npm ci failed[\s\S]*Remedy:/);
  });

  it('shows what the compiler says when it fails, and builds again once it is mended', async () => {
    checkout.write('src/main.ts', 'wrong');
    const failed = await checkout.result(['start']);
    expect(failed.code).toBe(1);
    expect(failed.output).toMatch(/src\/main\.ts: error TS1: this is wrong\n\nThe build failed\. Remedy:/);
    expect((await checkout.result(['start'])).code).toBe(1);
    checkout.write('src/main.ts', 'mended');
    expect((await checkout.result(['start'])).code).toBe(7);
  });

  it('names the remedy when it may not write', async () => {
    const { code, output } = await checkout.result(['start'], { NEXUS_FOLDER: 'src/main.ts/folder' });
    expect(code).toBe(1);
    expect(output).toMatch(/src\/main\.ts\/folder.*\nRemedy: this user can't write there/);
  });

  it('lets two at once take turns', async () => {
    const results = await Promise.all([
      checkout.result(['test']),
      checkout.result(['test']),
      checkout.result(['test']),
    ]);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(checkout.calls()).toEqual([...COMPILED, 'tsc types']);
    expect(results.filter(({ output }) => output.includes('packages installed'))).toHaveLength(1);
  });

  it('takes over from a set-up that was killed', async () => {
    const killed = checkout.run(['start'], { STAY: '1' });
    await killed.prints(/started/);
    await killed.kill();
    checkout.write('.nexus/set-up.lock', JSON.stringify({ pid: killed.pid, start: 'of another time' }));
    expect((await checkout.result(['start'])).code).toBe(7);
  });

  it('refuses a second start, names the first, and starts beside it with a folder of its own', async () => {
    const first = checkout.run(['start'], { STAY: '1' });
    await first.prints(/started/);
    const second = await checkout.result(['start']);
    expect(second.code).toBe(1);
    expect(second.output).toContain(`process ${first.pid}, its API is at http://stand-in`);
    expect((await checkout.result(['start'], { NEXUS_FOLDER: 'other' })).output).toContain(
      join(checkout.root, 'other'),
    );
    first.signal('SIGTERM');
    expect(await first.exited).toBe(7);
    expect((await checkout.result(['start'])).code).toBe(7);
  });

  it('waits for a run that is stopping', async () => {
    const first = checkout.run(['start'], { STAY: '1', npm_lifecycle_event: 'start' });
    await first.prints(/started .*"orphaned":false/);
    checkout.write('.nexus/run/start.lock', JSON.stringify({ ...checkout.lock(), stopping: true }));
    const second = checkout.run(['start']);
    await second.prints(/Start: waiting for process \d+, which is stopping/);
    first.signal('SIGTERM');
    expect(await second.exited).toBe(7);
  });

  it('reads .env beneath the real environment, and says to dev that it watches', async () => {
    checkout.write('.env', 'SETTING=from the file\n');
    expect((await checkout.result(['start'])).output).toContain('"watch":false,"setting":"from the file"');
    expect((await checkout.result(['dev'], { SETTING: 'real' })).output).toContain(
      '"watch":true,"setting":"real"',
    );
  });

  it('ends npm and says so when it is interrupted in the middle', async () => {
    checkout.write('fake/slow/index.js', '');
    checkout.dependencies({
      typescript: 'fake/typescript',
      '@nestjs/cli': 'fake/cli',
      vitest: 'fake/vitest',
      slow: 'fake/slow',
    });
    const install = 'echo $$ > ../../install.pid; exec sleep 60';
    checkout.write(
      'fake/slow/package.json',
      JSON.stringify({ name: 'slow', version: '1.0.0', scripts: { install } }),
    );
    const program = checkout.run(['start']);
    const pidFile = join(checkout.root, 'install.pid');
    expect(await waitUntil(() => existsSync(pidFile), 15_000)).toBe(true);
    program.signal('SIGINT');
    expect(await program.exited).toBe(130);
    expect(program.output).toContain('Interrupted');
    expect(identityOf(Number(readFileSync(pidFile, 'utf8')))).toBe(null);
    expect(existsSync(join(checkout.root, '.nexus/set-up.lock'))).toBe(false);
  });

  it('passes arguments to vitest and counts a run that broke off as a failure', async () => {
    const { code, output } = await checkout.result(['test', '--project', 'unit']);
    expect(code).toBe(0);
    expect(output).toMatch(/vitest run .*--project unit\n0 passed, 0 failed, 0 skipped\n$/);
    expect(checkout.calls()).toEqual([...COMPILED, 'tsc types']);
    checkout.write('fake/vitest/vitest.mjs', 'process.exit(3)');
    const broken = await checkout.result(['test']);
    expect(broken).toEqual({ code: 3, output: '0 passed, 1 failed, 0 skipped\n' });
  });

  it('tells the user of an old Node what to do', async () => {
    const pretend =
      "Object.defineProperty(process.versions, 'node', { value: '18.20.1' }); import('./scripts/run.mjs')";
    const program = new StartedProgram(['-e', pretend], { cwd: checkout.root, env: {} });
    expect(await program.exited).toBe(1);
    expect(program.output).toMatch(/needs Node 20\.19 or newer; this is Node 18\.20\.1\.\nRemedy:/);
  });
});
