import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Report } from './service.js';
import { canUse, type User } from './process/user.js';

/** For services of root whose own user can't reach the folder that was asked for (root's home, say). */
const ELSEWHERE = '/var/lib/nexus-backend';

/**
 * A folder for a service's data that the user it runs as can really write: `<folder>/data/<name>`, or, when the user
 * can't reach that, a folder of its own under /var/lib, which `<folder>/data/<name>.elsewhere` then names.
 */
export async function placeData(
  folder: string,
  name: string,
  user: User | null,
  report: Report,
): Promise<string> {
  const here = join(folder, 'data', name);
  const pointer = `${here}.elsewhere`;
  const before = readPointer(pointer);
  if (before !== null && user !== null && (await canUse(user, before, 'write'))) return before;
  makeFor(user, here);
  if (user === null || (await canUse(user, here, 'write'))) return here;
  rmSync(here, { recursive: true, force: true });
  const there = placeElsewhere(folder, name, user);
  writeFileSync(pointer, `${there}\n`);
  report(`The data of ${name} is in ${there}: the user it runs as can't reach ${folder}`);
  return there;
}

/** Removes the data of a throw-away service, wherever it was placed. */
export function removeData(folder: string, name: string): void {
  const here = join(folder, 'data', name);
  const there = readPointer(`${here}.elsewhere`);
  for (const path of [here, `${here}.elsewhere`, ...(there === null ? [] : [there])]) {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Creates the folder (mode 0700) and gives it to the user. */
export function makeFor(user: User | null, folder: string): void {
  mkdirSync(join(folder, '..'), { recursive: true });
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
  if (user !== null) chownSync(folder, user.uid, user.gid);
}

function placeElsewhere(folder: string, name: string, user: User): string {
  mkdirSync(ELSEWHERE, { recursive: true, mode: 0o755 });
  const prefix = `${createHash('sha256').update(folder).digest('hex').slice(0, 16)}-${name}-`;
  // The folder that these belonged to was deleted and made anew: its data went with it.
  for (const stale of readdirSync(ELSEWHERE).filter((entry) => entry.startsWith(prefix))) {
    rmSync(join(ELSEWHERE, stale), { recursive: true, force: true });
  }
  const there = mkdtempSync(join(ELSEWHERE, prefix));
  chownSync(there, user.uid, user.gid);
  return there;
}

function readPointer(file: string): string | null {
  try {
    const path = readFileSync(file, 'utf8').trim();
    return path.startsWith(`${ELSEWHERE}/`) && existsSync(path) ? path : null;
  } catch {
    return null;
  }
}
