import { spawnSync } from 'node:child_process';
import { accessSync, constants, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = resolve(import.meta.dirname, '../../.ci/run');
const steps = ['install', 'format', 'lint', 'types', 'build', 'image', 'tests'];

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'nexus-run-'));
  mkdirSync(join(checkout, '.ci'));
  mkdirSync(join(checkout, 'bin'));
  copyFileSync(script, join(checkout, '.ci/run'));
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

describe('.ci/run', () => {
  it('may be executed', () => {
    expect(() => accessSync(script, constants.X_OK)).not.toThrow();
  });

  it('runs every step in order, from any folder, and ends with the count of tests', () => {
    const { status, lines } = run('true', 'echo "3 passed, 0 failed, 0 skipped"');
    expect(status).toBe(0);
    expect(headlines(lines)).toEqual(steps);
    expect(lines.at(-1)).toBe('3 passed, 0 failed, 0 skipped');
  });

  it('passes on the tests’ own exit code and still ends with their count', () => {
    const { status, lines } = run('true', 'echo "2 passed, 1 failed, 0 skipped"; exit 3');
    expect(status).toBe(3);
    expect(lines.at(-1)).toBe('2 passed, 1 failed, 0 skipped');
  });

  it('ends at the first step that fails and names it', () => {
    const { status, lines, errors } = run('case "$*" in *lint*) exit 2 ;; esac', 'echo "3 passed, 0 failed"');
    expect(status).toBe(2);
    expect(headlines(lines)).toEqual(['install', 'format', 'lint']);
    expect(errors).toMatch(/^== lint failed with exit code 2 after \d+ s$/m);
  });
});

/** Runs the script with stand-ins for npm and npx: what they do at each step, and what `npm test` does. */
function run(step: string, test: string): { status: number | null; lines: string[]; errors: string } {
  const standIn = `#!/bin/sh\n[ "$*" = test ] && { ${test}; exit; }\n${step}\n`;
  for (const name of ['npm', 'npx']) writeFileSync(join(checkout, 'bin', name), standIn, { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync('bash', [join(checkout, '.ci/run')], {
    cwd: tmpdir(),
    env: { ...process.env, PATH: `${join(checkout, 'bin')}:${process.env['PATH'] ?? ''}` },
    encoding: 'utf8',
  });
  return { status, lines: stdout.trim().split('\n'), errors: stderr };
}

const headlines = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => /^== \d of 7: (\w+) /.exec(line)?.[1] ?? []);
