import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { acquireLock } from './lock.js';
import { canUse, type User } from './process/user.js';
import type { Report } from './service.js';

const FOLDER = 'nexus-backend';
const OF_ROOT = '/var/cache';
const MARK = '.complete';

/**
 * Where unpacked programs are kept between runs and checkouts: the user's cache folder, or, for services that root
 * starts as another user, the first of root's folders that this user can reach.
 * @throws Error when none can be made.
 */
export async function cacheFolder(env: NodeJS.ProcessEnv, user: User | null): Promise<string> {
  const home = env['HOME'] ?? homedir();
  const configured = env['XDG_CACHE_HOME'] ?? '';
  const own = isAbsolute(configured) ? configured : join(home, '.cache');
  for (const parent of user === null ? [own] : [own, OF_ROOT]) {
    const folder = join(parent, FOLDER);
    if (user !== null && !(await canUse(user, existing(parent), 'execute'))) continue;
    mkdirSync(folder, { recursive: true });
    if (user === null) return folder;
    chmodSync(folder, 0o755);
    if (await canUse(user, folder, 'execute')) return folder;
  }
  throw new Error(`Neither ${own} nor ${OF_ROOT} can be reached by the user that services run as.`);
}

/** The folder itself, or the nearest one above it that is there. */
function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}

export interface Entry {
  /** The finished folder. */
  path: string;
  /** What its maker wrote into its mark. */
  note: string;
}

export interface Making {
  /** An empty folder beside the final one, on the same file system; gone afterwards. */
  work: string;
  /** Where the result will be. */
  home: string;
}

/**
 * The entry of that name, made by `make` when it isn't there. `make` returns the folder (inside its work folder) that
 * becomes the entry and the note for its mark. An entry appears in one rename, mark included, so that an interrupted
 * install is never taken for a complete one; of several installs at once one works and the others wait for it.
 */
export async function cached(
  cache: string,
  name: string,
  report: Report,
  make: (making: Making) => Promise<{ result: string; note: string }>,
): Promise<Entry> {
  const home = join(cache, name);
  const there = readEntry(home);
  if (there !== null) return there;
  const release = await acquireLock(`${home}.lock`, name, report);
  const meanwhile = readEntry(home);
  let work: string | null = null;
  try {
    if (meanwhile !== null) return meanwhile;
    await remove(home);
    for (const stale of readdirSync(cache).filter((entry) => entry.startsWith(`.${name}-`))) {
      await remove(join(cache, stale));
    }
    work = mkdtempSync(join(cache, `.${name}-`));
    chmodSync(work, 0o755);
    const { result, note } = await make({ work, home });
    writeFileSync(join(result, MARK), note);
    return place(result, home, note);
  } finally {
    if (work !== null) await remove(work);
    release();
  }
}

export function isCached(cache: string, name: string): boolean {
  return readEntry(join(cache, name)) !== null;
}

/** Programs that outlive a killed install for a moment may still write into its folder: then it is tried again. */
function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** A run that did not see our lock (another container, say) may have been first: then its entry is as good as ours. */
function place(result: string, home: string, note: string): Entry {
  try {
    renameSync(result, home);
    return { path: home, note };
  } catch (error) {
    const there = readEntry(home);
    if (there === null) throw error;
    return there;
  }
}

function readEntry(home: string): Entry | null {
  try {
    return { path: home, note: readFileSync(join(home, MARK), 'utf8') };
  } catch {
    return null;
  }
}
