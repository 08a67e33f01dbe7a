import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

/** Who listens on a TCP port, as `node (process 4711)`; undefined where the system doesn't tell (another user's process). */
export function portOwner(port: number): string | undefined {
  const pid = process.platform === 'linux' ? linuxOwner(port) : lsofOwner(port);
  if (pid === undefined) return undefined;
  const name = programName(pid);
  return name === undefined ? `process ${pid}` : `${name} (process ${pid})`;
}

/** Whether it is this process that listens on the port. True as well where the system tells nothing. */
export function holdsPort(pid: number, port: number): boolean {
  if (process.platform === 'linux') return holdsSocket(pid, inodesOf(port));
  return (lsofOwner(port) ?? pid) === pid;
}

function inodesOf(port: number): ReadonlySet<string> {
  return new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)));
}

function linuxOwner(port: number): number | undefined {
  const inodes = inodesOf(port);
  if (inodes.size === 0) return undefined;
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.find((pid) => holdsSocket(pid, inodes));
}

/** Columns of the kernel's table: 1 local address:port in hex, 3 state, 9 inode. */
function listeningInodes(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  try {
    const rows = readFileSync(table, 'utf8').split('\n').slice(1);
    return rows
      .map((row) => row.trim().split(/\s+/))
      .filter((columns) => columns[1]?.endsWith(`:${hex}`) === true && columns[3] === LISTEN)
      .map((columns) => `socket:[${columns[9]}]`);
  } catch {
    return [];
  }
}

function holdsSocket(pid: number, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false;
  }
}

function lsofOwner(port: number): number | undefined {
  try {
    const output = execFileSync('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'], { encoding: 'utf8' });
    const pid = Number(output.trim().split('\n')[0]);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function programName(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
