import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from './process-start.mjs';

/**
 * Takes a lock file that says which process holds it; the lock of a process that is gone counts as free.
 * @param {string} path
 * @param {Record<string, unknown>} about what others shall read about the holder
 * @returns {{ lock: ReturnType<typeof heldLock>, holder?: undefined } | { lock?: undefined, holder: { pid: number } & Record<string, any> }}
 */
export function takeLock(path, about) {
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    try {
      writeFileSync(path, content(about), { flag: 'wx' });
      return { lock: heldLock(path) };
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = livingHolder(path);
    if (holder) return { holder };
    breakLock(path);
  }
}

/**
 * Takes the lock, waiting for its holder to finish.
 * @param {string} path
 * @param {(holder: { pid: number }) => void} onWait told twice a second who holds it
 * @param {AbortSignal} signal ends the waiting
 */
export async function waitForLock(path, onWait, signal) {
  for (;;) {
    const { lock, holder } = takeLock(path, {});
    if (lock) return lock;
    onWait(holder);
    await sleep(500, undefined, { signal });
  }
}

function heldLock(path) {
  const release = () => {
    process.off('exit', release);
    if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true });
  };
  process.on('exit', release);
  return {
    /** Replaces what others read about the holder. */
    update: (about) => writeFileSync(path, content(about)),
    release,
  };
}

function content(about) {
  return JSON.stringify({ ...about, pid: process.pid, start: processStart(process.pid) });
}

function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function livingHolder(path) {
  const holder = readHolder(path);
  if (holder) return processStart(holder.pid) === holder.start ? holder : undefined;
  // Unreadable: being written at this moment, or left by a crash a while ago.
  return ageOf(path) < 2000 ? { pid: 0 } : undefined;
}

/** Removes a dead process's lock. Only one process may do so at a time: else the second removes the first one's new lock. */
function breakLock(path) {
  const breaking = `${path}.breaking`;
  try {
    mkdirSync(breaking);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (ageOf(breaking) > 10_000) rmSync(breaking, { recursive: true, force: true });
    return;
  }
  if (!livingHolder(path)) rmSync(path, { force: true });
  rmdirSync(breaking);
}

function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
