import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What tells one process from every other that ever has its pid: on Linux the boot and the tick it was started at,
 * elsewhere the second it was started at and its command. null when no such process lives (a zombie does not).
 * Synchronous, so that a process is recorded in the same turn in which it was started.
 */
export function identityOf(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === 'linux' ? linuxIdentity(pid) : posixIdentity(pid);
}

/** True when the process that was recorded with this identity is the one that has the pid now. */
export function isSame(pid: number, identity: string): boolean {
  return identityOf(pid) === identity;
}

/** The identity of the process that runs this code. */
export function ownIdentity(): { pid: number; identity: string } {
  return { pid: process.pid, identity: identityOf(process.pid) ?? 'unknown' };
}

function linuxIdentity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command in brackets, may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    const startedAt = fields[19];
    if (startedAt === undefined || state === 'Z' || state === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${startedAt}`;
  } catch {
    return null;
  }
}

function posixIdentity(pid: number): string | null {
  try {
    const output = execFileSync('ps', ['-o', 'stat=,lstart=,comm=', '-p', String(pid)], { encoding: 'utf8' });
    const [state = '', ...rest] = output.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? null : rest.join(' ');
  } catch {
    return null;
  }
}
