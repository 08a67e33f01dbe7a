import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { identityOf, ownIdentity } from '../services/process/identity.js';
import { removeRecord, writeRecord } from '../services/process/records.js';
import type { Terminal } from './host.js';

const NAME = 'compiler';
const DONE = /Found (\d+) errors?\. Watching for file changes/;
const EMITTED = /^TSFILE: .*\.js$/;
const NOISE = /^TSFILE: |Starting compilation in watch mode|File change detected\. Starting incremental/;

/**
 * Compiles src/ into dist/ on every change. A compile with errors shows them and (by tsconfig.build.json, whose options
 * the build has used: other ones would write everything anew) writes nothing.
 * @param records the folder in which a later run finds the compiler if this one is killed
 * @param onCompiled called after each compile without errors that wrote something
 * @returns ends the compiler
 */
export function recompileOnChange(
  root: string,
  records: string,
  terminal: Terminal,
  onCompiled: () => void,
): () => Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const args = [
    compiler,
    '-p',
    'tsconfig.build.json',
    '--watch',
    '--preserveWatchOutput',
    '--noEmitOnError',
    '--listEmittedFiles',
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { pid } = child;
  if (pid !== undefined) {
    const identity = identityOf(pid) ?? 'ended';
    writeRecord(records, { name: NAME, pid, identity, stopSignal: 'SIGTERM', owner: ownIdentity() });
  }
  let stopped = false;
  let emitted = false;
  let rest = '';
  const onLine = (line: string): void => {
    if (EMITTED.test(line)) emitted = true;
    const errors = DONE.exec(line)?.[1];
    if (errors === undefined) {
      if (line.trim() !== '' && !NOISE.test(line)) terminal.line(line);
      return;
    }
    if (errors !== '0') terminal.line(`${errors} compile error(s): the programs that run go on as they are.`);
    else if (emitted) onCompiled();
    emitted = false;
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      terminal.line(`The compiler could not be started (${error.message}); changes are not picked up.`);
      resolve();
    });
    child.once('exit', () => {
      removeRecord(records, NAME);
      if (!stopped)
        terminal.line('The compiler ended; changes are not picked up any more. Start again to mend it.');
      resolve();
    });
  });
  return async () => {
    stopped = true;
    child.kill('SIGTERM');
    await ended;
  };
}
