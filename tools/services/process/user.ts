import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** The user that a service runs as when it is not the one that runs us. */
export interface User {
  uid: number;
  gid: number;
}

const OVERFLOW_ID = 65_534;

/** As root: the user `nobody`, for services that must not be root (PostgreSQL refuses to). Else null. */
export async function unprivilegedUser(): Promise<User | null> {
  if (process.getuid?.() !== 0) return null;
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const line = users.split('\n').find((entry) => entry.startsWith('nobody:'));
  const [uid = Number.NaN, gid = Number.NaN] = (line ?? '').split(':').slice(2, 4).map(Number);
  return Number.isInteger(uid) && uid > 0 ? { uid, gid } : { uid: OVERFLOW_ID, gid: OVERFLOW_ID };
}

export type Access = 'write' | 'execute';

/** Asks the operating system, by a child of that user, whether the user can use this folder or file. */
export function canUse(user: User | null, path: string, access: Access): Promise<boolean> {
  const test = access === 'write' ? 'cd "$1" && test -w .' : 'test -x "$1"';
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', test, 'sh', path], { cwd: '/', stdio: 'ignore', ...user });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
