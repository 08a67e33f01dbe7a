import { spawn } from 'node:child_process';

const GRACE_MS = 2000;

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, capture?: boolean, signal?: AbortSignal }} options
 *   capture: keep what it prints instead of showing it; signal: ends it by SIGTERM, two seconds later by SIGKILL;
 *   what is captured is ended with all that it started
 * @returns {Promise<{ code: number, output: string }>} a program ended by a signal counts as 1
 */
export function runProgram(command, args, { cwd, env = process.env, capture = false, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      // A group of its own, so that what it started (npm's install scripts) can be ended with it.
      detached: capture,
      shell: process.platform === 'win32' && !command.endsWith('.exe'),
    });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-200_000));
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    let killer;
    const end = () => {
      send(child, 'SIGTERM', capture);
      killer = setTimeout(() => send(child, 'SIGKILL', capture), GRACE_MS);
    };
    signal?.addEventListener('abort', end);
    child.on('error', reject);
    child.on('close', (code) => {
      signal?.removeEventListener('abort', end);
      clearTimeout(killer);
      resolve({ code: code ?? 1, output });
    });
  });
}

function send(child, signal, group) {
  try {
    process.kill(group && process.platform !== 'win32' ? -child.pid : child.pid, signal);
  } catch {
    // It ended by itself a moment ago.
  }
}
