import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './setup/program.mjs';

/**
 * Runs vitest with its own report for people, then prints the counts on a last line of their own for programs.
 * @param {string} root
 * @param {ReturnType<import('./terminal.mjs').createTerminal>} terminal
 * @param {string[]} args vitest's arguments
 * @returns {Promise<number>} vitest's exit code
 */
export async function runTests(root, terminal, args) {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-test-'));
  const counts = join(folder, 'counts.json');
  const ended = new AbortController();
  // vitest gets the terminal's Ctrl-C itself and ends what it started; a SIGTERM reaches only us.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => ended.abort());
  try {
    const reporters = args.some((arg) => arg.startsWith('--reporter')) ? [] : ['--reporter=default'];
    const command = [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...reporters,
      '--reporter=./scripts/count-reporter.mjs',
      ...args,
    ];
    const env = { ...process.env, NODE_ENV: 'test', TEST_COUNTS_FILE: counts };
    const { code } = await runProgram(process.execPath, command, { cwd: root, env, signal: ended.signal });
    terminal.line(countLine(counts, code));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run that failed without a failed test (vitest broke off, an error outside of tests) counts as one failure. */
function countLine(file, code) {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // vitest ended before its report: the exit code below tells.
  }
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}
