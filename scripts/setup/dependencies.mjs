import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure } from './failure.mjs';
import { runProgram } from './program.mjs';

/**
 * Installs what package-lock.json says, unless node_modules already holds exactly that.
 * @param {string} root
 * @param {ReturnType<import('../terminal.mjs').createTerminal>} terminal
 * @param {AbortSignal} signal
 */
export async function installDependencies(root, terminal, signal) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (!wanted)
    throw new Failure('package-lock.json is missing or unreadable. Remedy: git checkout package-lock.json');
  if (isInstalled(root, wanted)) return;

  const step = terminal.step('Dependencies');
  const paths = Object.keys(wanted).filter((path) => !wanted[path].optional);
  const count = () => paths.filter((path) => existsSync(join(root, path, 'package.json'))).length;
  const timer = setInterval(() => step.update(`npm ci, ${count()} of ${paths.length} packages`), 2000);
  step.update('npm ci');
  try {
    // NODE_ENV=production would leave out what the build needs.
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    const { code, output } = await runProgram(...npm(args), { cwd: root, capture: true, signal });
    step.done(code === 0 ? `${paths.length} packages installed` : undefined);
    if (code !== 0 && !signal.aborted) throw new Failure(failed(output));
  } catch (error) {
    step.done();
    if (error.code === 'ENOENT')
      throw new Failure('npm was not found. Remedy: install Node with its npm, then run again.');
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/**
 * npm writes node_modules/.package-lock.json as the last act of an installation, so one that was cut short, one of
 * another lock and one without devDependencies all differ from it.
 */
function isInstalled(root, wanted) {
  const present = packagesOf(join(root, 'node_modules/.package-lock.json'));
  if (!present) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = present[path];
    if (!found) return Boolean(optional);
    return found.version === version && found.integrity === integrity && existsSync(join(root, path));
  });
}

function packagesOf(file) {
  try {
    const { '': _project, ...packages } = JSON.parse(readFileSync(file, 'utf8')).packages;
    return packages;
  } catch {
    return undefined;
  }
}

/** The npm that runs us, else the one on PATH. */
function npm(args) {
  const running = process.env.npm_execpath ?? '';
  return basename(running) === 'npm-cli.js' ? [process.execPath, [running, ...args]] : ['npm', args];
}

function failed(output) {
  // After the reason, npm may print all of its options.
  const [reason = ''] = output.split('Clean install a project');
  const last = reason.trim().split('\n').slice(-15).join('\n');
  return (
    `${last}\n\nnpm ci failed: the dependencies are not installed.\n` +
    'Remedy: look at the lines above; most often the registry is out of reach (try `npm ping`), the disk is full, or ' +
    'node_modules belongs to another user (remove it). Then run the command again.'
  );
}
