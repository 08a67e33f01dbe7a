import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process and all that it started, directly or not (Linux). */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const stat = readText(`/proc/${pid}/stat`);
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const tree = [root];
  for (const parent of tree) for (const [pid, its] of parents) if (its === parent) tree.push(pid);
  return tree;
}

/** The addresses on which these processes listen, in the kernel's hexadecimal: `0100007F:0BB8` (Linux). */
export function listeningAddresses(pids: readonly number[]): string[] {
  const sockets = new Set(pids.flatMap(openFiles));
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => {
    const rows = readText(table).trim().split('\n').slice(1);
    return rows.flatMap((row) => {
      const [, address = '', , state, , , , , , inode] = row.trim().split(/\s+/);
      return state === '0A' && sockets.has(`socket:[${inode}]`) ? [address] : [];
    });
  });
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
