import { join } from 'node:path';
import { waitForLock } from '../process-lock.mjs';
import { build, checkTypes } from './build.mjs';
import { installDependencies } from './dependencies.mjs';
import { Failure } from './failure.mjs';

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Brings a checkout to the state in which its programs can run: dependencies and build. Does only what is missing; two
 * at once in one checkout take turns. A signal ends the step that runs and leaves no process behind.
 * @param {string} root
 * @param {ReturnType<import('../terminal.mjs').createTerminal>} terminal
 * @param {{ typeCheck?: boolean }} options
 */
export async function setUp(root, terminal, { typeCheck = false } = {}) {
  const interrupted = new AbortController();
  const onSignal = (signal) =>
    interrupted.abort(new Failure('Interrupted: the set-up is not finished.', exitCodes[signal]));
  for (const signal of Object.keys(exitCodes)) process.on(signal, onSignal);
  let lock;
  try {
    lock = await turn(root, terminal, interrupted.signal);
    for (const step of [installDependencies, build, ...(typeCheck ? [checkTypes] : [])]) {
      await step(root, terminal, interrupted.signal);
      interrupted.signal.throwIfAborted();
    }
  } catch (error) {
    throw interrupted.signal.aborted ? interrupted.signal.reason : error;
  } finally {
    lock?.release();
    for (const signal of Object.keys(exitCodes)) process.off(signal, onSignal);
  }
}

async function turn(root, terminal, signal) {
  let step;
  const path = join(root, '.nexus/set-up.lock');
  const onWait = (holder) => {
    step ??= terminal.step('Set-up');
    step.update(`waiting for process ${holder.pid}, which sets up this checkout`);
  };
  try {
    return await waitForLock(path, onWait, signal);
  } finally {
    step?.done();
  }
}
