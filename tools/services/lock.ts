import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isSame, ownIdentity } from './process/identity.js';
import { step } from './progress.js';
import type { Report } from './service.js';

const POLL_MS = 100;

interface Holder {
  pid: number;
  identity: string;
}

/**
 * Takes the lock file for this process, waiting while a living process holds it; the lock of a dead one is taken
 * over. `what` is for people. Returns the function that gives it back.
 */
export async function acquireLock(lock: string, what: string, report: Report): Promise<() => void> {
  const release = (): void => rmSync(lock, { force: true });
  if (take(lock)) return release;
  await step(
    report,
    `Waiting for another run that is preparing ${what}`,
    async () => {
      while (!take(lock)) await pause(POLL_MS);
    },
    () => `process ${readHolder(lock)?.pid ?? 'unknown'} is at it`,
  );
  return release;
}

/** A link to a file that is already written: nobody ever sees a lock that does not name its holder. */
function take(lock: string): boolean {
  const own = `${lock}.${randomUUID()}`;
  writeFileSync(own, JSON.stringify(ownIdentity()));
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    removeStale(lock);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function removeStale(lock: string): void {
  const seen = readHolder(lock);
  if (seen !== null && isSame(seen.pid, seen.identity)) return;
  const aside = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, aside);
  } catch {
    return; // Someone else removed it first.
  }
  const moved = readHolder(aside);
  // Between the look and the rename another run may have taken over: what was moved is then its lock, put back.
  if (moved !== null && isSame(moved.pid, moved.identity)) renameSync(aside, lock);
  else rmSync(aside, { force: true });
}

function readHolder(lock: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(lock, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('identity' in value))
      return null;
    const { pid, identity } = value;
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : null;
  } catch {
    return null;
  }
}
