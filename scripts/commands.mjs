import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { takeLock } from './process-lock.mjs';
import { createTerminal } from './terminal.mjs';
import { Failure } from './setup/failure.mjs';
import { setUp } from './setup/set-up.mjs';
import { runTests } from './test-run.mjs';
import { runProgram } from './setup/program.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NOTICING_MS = 1500;
const STOPPING_MS = 70_000;
const commands = { start, dev: start, test, bench, 'keys:rotate': rotateKeys };

/**
 * Runs one command of the project to its end.
 * @param {string | undefined} name start, dev, test, bench or keys:rotate
 * @param {string[]} args what follows the name (vitest's arguments for test)
 * @returns {Promise<number>} the exit code
 */
export async function runCommand(name, args) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  const terminal = createTerminal(process.stdout);
  if (!command) {
    terminal.line(
      'Usage: npm start | npm run dev | npm test [-- vitest arguments] | npm run bench | npm run keys:rotate',
    );
    return 1;
  }
  try {
    return await command(terminal, args, name);
  } catch (error) {
    const failure = error instanceof Failure ? error : ofTheDisk(error);
    if (!failure) throw error;
    terminal.line(failure.message);
    return failure.exitCode;
  }
}

async function start(terminal, _args, name) {
  const env = environment();
  const folder = resolve(root, env.NEXUS_FOLDER || '.nexus');
  // npm that is killed can't tell us: then the run ends by itself.
  const parent = process.ppid;
  const orphaned = () => env.npm_lifecycle_event !== undefined && process.ppid !== parent;
  const lock = await startLock(folder, terminal);
  try {
    await setUp(root, terminal);
    const entry = pathToFileURL(join(root, 'build/tools/start/main.js')).href;
    const { startLocally } = await import(entry);
    return await startLocally({ root, folder, env, terminal, lock, orphaned, watch: name === 'dev' });
  } finally {
    lock.release();
  }
}

async function test(terminal, args) {
  await setUp(root, terminal, { typeCheck: true });
  return runTests(root, terminal, args);
}

async function bench(terminal, args) {
  await setUp(root, terminal);
  const entry = join(root, 'build/bench/main.js');
  if (!existsSync(entry)) throw new Failure('There is no bench/main.ts in this checkout.');
  const { code } = await runProgram(process.execPath, ['--enable-source-maps', entry, ...args], {
    cwd: root,
  });
  return code;
}

async function rotateKeys(terminal) {
  const env = environment();
  await setUp(root, terminal);
  const entry = pathToFileURL(join(root, 'build/tools/start/rotate-keys.js')).href;
  const { rotateKeys: rotate } = await import(entry);
  return rotate({ folder: resolve(root, env.NEXUS_FOLDER || '.nexus'), env, terminal });
}

/** The variables of .env, overruled by those that are really set. Tests never read .env: it names real data. */
function environment() {
  const file = join(root, '.env');
  return { ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}), ...process.env };
}

/** The lock of the folder; an earlier run that is stopping, or is about to notice that it should, is waited for. */
async function startLock(folder, terminal) {
  const step = terminal.step('Start');
  try {
    for (const began = Date.now(); ; await sleep(250)) {
      const { lock, holder } = takeLock(join(folder, 'run', 'start.lock'), {});
      if (lock) return lock;
      const patience = holder.stopping ? STOPPING_MS : NOTICING_MS;
      if (Date.now() - began > patience) throw new Failure(alreadyRunning(holder, folder));
      step.update(`waiting for process ${holder.pid}, which is stopping`);
    }
  } finally {
    step.done();
  }
}

/** What a file system refuses is the user's to mend, wherever it happened. */
function ofTheDisk({ code, message }) {
  if (code === 'ENOSPC')
    return new Failure(`${message}\nRemedy: the disk is full; free some space, then run again.`);
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(code)) return undefined;
  return new Failure(
    `${message}\nRemedy: this user can't write there (was it run as another user before?). Make the checkout ` +
      `yours (sudo chown -R "$(id -un)" ${root}) or set NEXUS_FOLDER to a folder that is.`,
  );
}

function alreadyRunning(holder, folder) {
  const where = holder.url ? `its API is at ${holder.url}` : 'it is still starting';
  return (
    `Nexus Backend is already running from ${folder}: process ${holder.pid}, ${where}.\n` +
    `Remedy: use that one, stop it (Ctrl-C in its terminal, or kill ${holder.pid}), or start a second one ` +
    'with data of its own: NEXUS_FOLDER=.nexus-2 npm start'
  );
}
